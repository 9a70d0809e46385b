import { expect, test } from 'vitest'
import { closingLine, noTestRan, type RunnerReport, type TestStatus, tallyOf } from './tally.ts'

type FileReport = RunnerReport['testResults'][number]

function file(status: FileReport['status'], ...tests: readonly TestStatus[]): FileReport {
  return { status, assertionResults: tests.map(status => ({ status })) }
}

test('passed, failed and skipped tests are counted over all files', () => {
  const testResults = [file('failed', 'passed', 'failed'), file('passed', 'passed', 'skipped', 'todo')]
  expect(tallyOf({ testResults }, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('a test that never ended has failed', () => {
  expect(tallyOf({ testResults: [file('passed', 'passed', 'pending')] }, 1)).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
  })
})

test('a file that does not load is one failure, and is not counted beside its own failed tests', () => {
  expect(tallyOf({ testResults: [file('failed')] }, 1).failed).toBe(1)
  expect(tallyOf({ testResults: [file('failed', 'failed')] }, 1).failed).toBe(1)
})

test('a runner that fails without saying where is one failure', () => {
  expect(tallyOf({ testResults: [file('passed', 'passed')] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  expect(tallyOf(undefined, 1).failed).toBe(1)
  expect(tallyOf(undefined, null).failed).toBe(1)
})

test('only skipped tests are no run at all', () => {
  expect(noTestRan(tallyOf({ testResults: [file('passed', 'skipped')] }, 0))).toBe(true)
  expect(noTestRan(tallyOf({ testResults: [file('passed', 'skipped', 'passed')] }, 0))).toBe(false)
})

test('the closing line is plain', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 3 })).toBe('12 passed, 0 failed, 3 skipped')
})
