/** Whether a process of this machine runs, also one of another user, which may not be signalled. */
export function isAlive(pid: number): boolean {
  // 0 and below mean groups of processes.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}
