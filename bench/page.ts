import type { Figure } from './measure.ts'

export interface Measured {
  readonly figure: Figure
  readonly value: number
}

/** What a suite shows, and how its ratios come about. */
const suites: Readonly<Record<string, { readonly title: string; readonly method: string }>> = {
  engine: {
    title: 'What a Pod, a node, a watch and a start cost',
    method:
      'Pods with a Secret each, created by `sim.apply` and run; what is retained is counted after garbage collection, what is allocated is sampled. The rate is that of a build of commit e91926d beside this one, in turns, processor time, 200 nodes. Both ends of a watch are counted. `landed` is the first house; `to reach` and `aim` were set before the work began.',
  },
  idle: {
    title: 'Idle time',
    method:
      'A cluster whose Pods (two a node) mount a Secret, three hours after its start. Hours and days of virtual time take turns; medians. No event runs at all, so both lie below what the clock can tell: for the ratio, less than 0.05 ms counts as 0.05 ms.',
  },
  rotations: {
    title: 'Rotations',
    method:
      'Pods of one Deployment on 20 nodes mount one Secret, which is updated every minute for an hour, with Watch, journal off, three hours after their start: 60 updates of a volume a Pod, and from v1.21 on its token is mounted besides.',
  },
  pods: {
    title: 'Pods from creation to Running',
    method:
      'Each Pod mounts a Secret and a token, 100 Pods a node, journal off, after a warm-up of 1,500 Pods. The ratio compares processor time.',
  },
  kernel: {
    title: 'Events of the kernel',
    method:
      'The hold model: so many pending timers, each of which asks for itself again after 1 to 10,000 ms. Kernel and contender take turns; medians. The bare ones can do nothing else: no cancelling, no causes, no limits.',
  },
  apiserver: {
    title: 'Writes to the API server',
    method:
      'Both servers live in one process and take turns; medians. The size is that of objects in the store and of open watches.',
  },
  player: {
    title: 'A key of the player',
    method:
      'From the key to the bytes for a terminal of 140x40, on a run with 1,000 Pods that mount a Secret which is rotated: processor time a key, rendering and painting included, mean of 300 after a warm-up. `landed` is the player before.',
  },
  scenarios: {
    title: 'The shipped scenarios',
    method:
      'Loaded, run and judged with all invariants. The first is the median over all files in a process that has run them before; from cold the whole of `podsim run scenarios` is counted. Threads as many as there are cores (two) unless told. The rotation is `updates/strategies` with `strategy=Watch`.',
  },
  'start-up': { title: 'Start of the command', method: 'Whole processes, the fastest of five.' },
}

/** docs/performance.md: ratios, which mean the same on every machine, and beside them the figures that one machine had. */
export function performancePage(measured: readonly Measured[]): string {
  const sections = Object.entries(suites).map(([suite, { title, method }]) => {
    const of = measured.filter(({ figure }) => figure.suite === suite)
    return [
      `## ${title}`,
      '',
      method,
      '',
      ...table(of.filter(({ figure }) => figure.isRatio === true)),
      '',
      ...table(of.filter(({ figure }) => figure.isRatio !== true)),
      '',
    ].join('\n')
  })
  return [
    '# Performance',
    '',
    'Written by `npm run bench -- --write`. Every figure is measured in a process of its own. Ratios, which come first, are what',
    `counts: they hardly depend on the machine. The others are those of one run on Node.js ${process.version}, on a machine that had other`,
    'things to do as well.',
    '',
    ...sections,
    'What serving a cluster costs beside a bare server is in [serve.md](serve.md).',
    '',
  ].join('\n')
}

function table(rows: readonly Measured[]): readonly string[] {
  if (rows.length === 0) return []
  if (rows.every(({ figure }) => figure.goal !== undefined)) return goalTable(rows)
  return [
    '| what | size | value | unit |',
    '| --- | ---: | ---: | --- |',
    ...rows.map(
      ({ figure: { name, size, unit }, value }) =>
        `| ${name} | ${size.toLocaleString('en-US')} | ${value.toLocaleString('en-US')} | ${unit} |`,
    ),
  ]
}

/** Beside what was set before the work began. */
function goalTable(rows: readonly Measured[]): readonly string[] {
  const shown = (value: number | undefined) => value?.toLocaleString('en-US') ?? ''
  return [
    '| what | size | value | unit | landed | to reach | aim |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    ...rows.map(
      ({ figure: { name, size, unit, goal }, value }) =>
        `| ${name} | ${shown(size)} | ${shown(value)} | ${unit} | ${shown(goal?.landed)} | ${shown(goal?.reach)} | ${shown(goal?.aim)} |`,
    ),
  ]
}
