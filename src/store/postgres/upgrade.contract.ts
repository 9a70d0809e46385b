import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postgresCaseStore } from './case-store.ts'
import { inventedFinding, inventedHunt } from './invented.contract.ts'
import { type Database, migrate } from './migrate.ts'
import { type Migration, shippedMigrations } from './migrations.ts'

export type OpenedDatabase = {
  /** Empty. */
  readonly database: Database
  readonly ask: (query: string) => Promise<readonly unknown[]>
  readonly remove: () => Promise<void>
}

/** A step of tomorrow: a column with a meaning for what is there, and another table that refers to it. */
const tomorrow: Migration = {
  name: `${String(shippedMigrations().length + 1).padStart(4, '0')}_tomorrow`,
  text: `-- Why: to hold that a store with yesterday's data in it can be brought up to date.
alter table hunt add column finding_count integer;
--> statement-breakpoint
update hunt set finding_count = (select count(*) from finding where finding.hunt_id = hunt.hunt_id);
--> statement-breakpoint
create table remark (hunt_id uuid primary key references hunt (hunt_id), remark text not null);
--> statement-breakpoint
insert into remark select hunt_id, 'kept' from hunt;`,
}

/** What becomes of data that an earlier build wrote. For every adapter. */
export function upgradeContract(name: string, open: () => Promise<OpenedDatabase>): void {
  describe(name, () => {
    let opened: OpenedDatabase
    beforeAll(async () => {
      opened = await open()
    })
    afterAll(() => opened.remove())

    test('data of the schema before is there after the upgrade, and the build before reads and writes on', async () => {
      const { database, ask } = opened
      const today = shippedMigrations()
      await migrate(database, today)
      const store = postgresCaseStore(database, { close: async () => {}, engine: 'pglite', location: 'memory' })
      const [hunt, findings] = [inventedHunt(), Array.from({ length: 600 }, () => inventedFinding())]
      await store.recordHunt(hunt, findings)
      const before = await store.findings(hunt.hunt_id)

      expect(await migrate(database, [...today, tomorrow])).toEqual([tomorrow.name])
      expect(await migrate(database, [...today, tomorrow])).toEqual([])
      expect(await ask('select finding_count from hunt')).toEqual([{ finding_count: 600 }])
      expect(await ask('select remark from remark')).toEqual([{ remark: 'kept' }])
      expect(await store.findings(hunt.hunt_id)).toEqual(before)
      expect(await store.hunts()).toEqual([{ ...hunt, findings: 600 }])
      // A process of the build before, open since before the upgrade.
      await store.recordHunt(inventedHunt(), [inventedFinding()])
      expect((await store.hunts()).length).toBe(2)
      // One that starts now is told.
      await expect(store.migrate()).rejects.toMatchObject({
        code: 'store/newer-schema',
        message: expect.stringContaining(tomorrow.name),
      })
    })

    test('an upgrade that fails half way leaves schema and data as they were', async () => {
      const { database, ask } = opened
      const applied = [...shippedMigrations(), tomorrow]
      const broken: Migration = {
        name: `${String(applied.length + 1).padStart(4, '0')}_broken`,
        text: '-- Why: to fail.\ndelete from remark;\n--> statement-breakpoint\nalter table hunt add constraint few check (finding_count < 1)',
      }
      await expect(migrate(database, [...applied, broken])).rejects.toThrow()
      expect(await ask('select remark from remark')).toEqual([{ remark: 'kept' }])
      expect(await migrate(database, applied)).toEqual([])
    })
  })
}
