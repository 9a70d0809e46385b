import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDirectory } from './directory-lock.ts'
import { askOwner } from './lock-owner.ts'
import { type OtherProcess, startOtherProcess } from './other-process.contract.ts'

let directory: string
let others: OtherProcess[]
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'counterseal-'))
  others = []
})
afterEach(async () => {
  await Promise.all(others.map(other => other.kill()))
  rmSync(directory, { recursive: true, force: true })
})

async function start(): Promise<OtherProcess> {
  const other = await startOtherProcess()
  others.push(other)
  return other
}

/** What a dead process leaves: a socket file that nobody listens to. */
async function leaveDeadSocket(name: string): Promise<void> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(join(directory, 'bound'), resolve))
  renameSync(join(directory, 'bound'), join(directory, name))
  await new Promise(resolve => server.close(resolve))
}

const refusal = (pid: number) => ({
  code: 'store/in-use',
  retry: true,
  message: expect.stringMatching(new RegExp(`held by process ${pid}, running since \\d{4}-\\d\\d-\\d\\dT`)),
})

test('a directory that is locked is refused to the same process, naming it', async () => {
  const lock = await lockDirectory(directory)
  await expect(lockDirectory(directory)).rejects.toMatchObject(refusal(process.pid))
  await lock.release()
})

test('a lock that was released is free at once and leaves nothing behind', async () => {
  for (let round = 0; round < 20; round++) {
    const lock = await lockDirectory(directory)
    await lock.release()
    expect(readdirSync(directory)).toEqual([])
  }
})

test('a directory that does not exist is made', async () => {
  const lock = await lockDirectory(join(directory, 'a', 'b'))
  expect(readdirSync(join(directory, 'a', 'b'))).toEqual([expect.stringMatching(/^lock-[0-9a-f]{16}\.sock$/)])
  await lock.release()
})

test('a directory that cannot be made is an error about the store, not about a socket', async () => {
  writeFileSync(join(directory, 'file'), '')
  await expect(lockDirectory(join(directory, 'file', 'store'))).rejects.toMatchObject({ code: 'store/unavailable' })
})

test('another process is refused, and is told who holds the directory', async () => {
  const other = await start()
  expect(await other.tell({ do: 'lock', directory })).toEqual({ said: 'locked' })
  await expect(lockDirectory(directory)).rejects.toMatchObject(refusal(other.pid))
  expect(await other.tell({ do: 'release' })).toEqual({ said: 'released' })
  await (await lockDirectory(directory)).release()
})

test('a path too long for a socket is locked all the same, against every way of naming it', async () => {
  const long = join(directory, 'x'.repeat(120))
  mkdirSync(long)
  const lock = await lockDirectory(long)
  expect(readdirSync(long)).toEqual([expect.stringMatching(/^lock-.*\.sock$/)])
  await expect(lockDirectory(`${long}/../${'x'.repeat(120)}`)).rejects.toMatchObject(refusal(process.pid))
  const other = await start()
  expect(await other.tell({ do: 'lock', directory: long })).toMatchObject({ said: 'refused', code: 'store/in-use' })
  await lock.release()
  expect(readdirSync(long)).toEqual([])
})

test('after kill -9 of the holder the directory is free', async () => {
  for (let round = 0; round < 5; round++) {
    const other = await start()
    expect(await other.tell({ do: 'lock', directory })).toEqual({ said: 'locked' })
    await other.kill()
    expect(readdirSync(directory).length).toBe(1)
    const lock = await lockDirectory(directory)
    await lock.release()
    expect(readdirSync(directory)).toEqual([])
  }
})

test('of four processes that race to take over what dead ones left, exactly one wins, every time', async () => {
  const racers = await Promise.all([start(), start(), start(), start()])
  for (let round = 0; round < 40; round++) {
    // One sorts before and one after every live name.
    await leaveDeadSocket('lock-0000000000000000.sock')
    await leaveDeadSocket('lock-ffffffffffffffff.sock')
    const reports = await Promise.all(racers.map(racer => racer.tell({ do: 'lock', directory })))
    const winners = racers.filter((_, place) => reports[place]?.said === 'locked')
    expect(winners.length, JSON.stringify(reports)).toBe(1)
    expect(reports.filter(report => report.said === 'refused' && report.code === 'store/in-use').length).toBe(3)
    expect(await winners[0]?.tell({ do: 'release' })).toEqual({ said: 'released' })
    expect(readdirSync(directory)).toEqual([])
  }
})

test('twenty who ask at once in one process are one winner and nineteen refusals', async () => {
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)))
  const won = all.filter(one => one.status === 'fulfilled')
  expect(won.length).toBe(1)
  await won[0]?.value.release()
})

test('an owner that lives but does not answer counts as holding', async () => {
  const path = join(directory, 'lock-0123456789abcdef.sock')
  const server = createServer()
  await new Promise<void>(resolve => server.listen(path, resolve))
  expect(await askOwner(path, { untilDecided: true, patienceMs: 50 })).toEqual({ state: 'holding' })
  server.on('connection', caller => caller.end('what?\n'))
  await expect(lockDirectory(directory)).rejects.toMatchObject({
    code: 'store/in-use',
    message: expect.stringContaining('does not answer'),
  })
  await new Promise(resolve => server.close(resolve))
})
