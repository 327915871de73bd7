/**
 * Loaded before the command (`node --require`): makes it believe that it has a terminal, presses keys once its first frame is
 * there, and tells on standard error what that had cost by then, and the most memory that it took in all.
 */
const { stdin, stdout, stderr } = process
const keys = JSON.parse(process.env.PROBE_KEYS ?? '[]')
const write = stdout.write.bind(stdout)
let first
Object.assign(stdout, { isTTY: true, columns: 140, rows: 40 })
Object.assign(stdin, { isTTY: true, setRawMode: () => stdin })

stdout.write = (text) => {
  if (first === undefined && String(text).includes('\u001b[?2026h')) {
    const { user, system } = process.cpuUsage()
    first = (user + system) / 1000
    press()
  }
  return true
}

function press() {
  const key = keys.shift()
  if (key === undefined) return report()
  // Each key has time to be painted.
  setTimeout(() => {
    stdin.emit('data', key)
    press()
  }, 60)
}

function report() {
  stdout.write = write
  stderr.write(`${JSON.stringify({ firstFrameMs: first, maxMegabytes: process.resourceUsage().maxRSS / 1024 })}\n`)
  process.exit(0)
}
