/**
 * Loaded before the command (`node --require`): makes it believe that it has a terminal, presses keys once the scenario
 * has run, and tells on standard error what it had cost until the first frame and until then, and the most memory that it took.
 */
const { stdin, stdout, stderr } = process
const keys = JSON.parse(process.env.PROBE_KEYS ?? '[]')
const write = stdout.write.bind(stdout)
let first
let ready
Object.assign(stdout, { isTTY: true, columns: 140, rows: 40 })
Object.assign(stdin, { isTTY: true, setRawMode: () => stdin })

stdout.write = (text) => {
  if (first === undefined && String(text).includes('\u001b[?2026h')) first = processorMs()
  // The scenario has run: the header says how many moments there are.
  if (ready === undefined && / \d+\/[1-9]\d* /.test(String(text))) {
    ready = processorMs()
    press()
  }
  return true
}

function processorMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
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
  stderr.write(
    `${JSON.stringify({ firstFrameMs: first, readyMs: ready, maxMegabytes: process.resourceUsage().maxRSS / 1024 })}\n`,
  )
  process.exit(0)
}
