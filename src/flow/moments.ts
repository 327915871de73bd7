import type { Flow, Lane, Mark, Moment } from './flow.ts'

/** Instants worth stopping at, in order: changes, copies, arrivals, refusals, accidents, lives of containers. */
export function momentsOf(flow: Pick<Flow, 'revisions' | 'lanes' | 'secret' | 'from' | 'to'>): readonly Moment[] {
  const { revisions, lanes, secret, from, to } = flow
  const written = revisions.map(
    ({ at, seq, by, letter, index }): Moment => ({
      ...{ at, seq, kind: 'write', lane: 'api', letter },
      text: `${by} ${index === 0 ? 'creates' : 'changes'} secret ${secret}: ${letter}`,
    }),
  )
  const deleted = revisions.flatMap(({ deletedAt, seq, letter }): Moment[] =>
    deletedAt === undefined
      ? []
      : [{ at: deletedAt, seq, kind: 'delete', lane: 'api', letter, text: `secret ${secret} is deleted` }],
  )
  const titles = new Map(lanes.map(({ id, title }) => [id, title] as const))
  return [...written, ...deleted, ...lanes.flatMap((lane) => [...ofMarks(lane), ...ofSegments(lane, titles)])]
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => a.at - b.at || a.seq - b.seq)
}

const kinds: Partial<Readonly<Record<Mark['kind'], Moment['kind']>>> = {
  accident: 'accident',
  over: 'accident',
  watch: 'copy',
  get: 'copy',
  refused: 'refused',
  start: 'start',
  exit: 'exit',
}

function ofMarks({ id, marks }: Lane): readonly Moment[] {
  return marks.flatMap(({ at, seq, kind, letter, text }): Moment[] => {
    const told = kinds[kind]
    return told === undefined ? [] : [{ at, seq, kind: told, lane: id, letter, text }]
  })
}

/** What a place shows first, and each change after it. */
function ofSegments(
  { id, kind, title, parent = '', segments }: Lane,
  titles: ReadonlyMap<string, string>,
): readonly Moment[] {
  if (kind !== 'file' && kind !== 'subPath' && kind !== 'env') return []
  const pod = titles.get(parent) ?? ''
  return segments.flatMap(({ from: at, seq, letter }, i): Moment[] =>
    letter === undefined
      ? []
      : [{ at, seq, kind: i === 0 ? 'first' : 'visible', lane: id, letter, text: `${title} of ${pod} is ${letter}` }],
  )
}
