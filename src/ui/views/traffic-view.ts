import type { RequestRecord } from '../../cluster/records.ts'
import { Traffic } from '../../looks/traffic.ts'
import { followedOf } from '../model/following.ts'
import type { Look } from '../model/look.ts'
import type { PlayState } from '../model/play-state.ts'
import { requestsFor } from '../model/requests.ts'
import { type Line, line, type PaneContent, scrolledTo } from './lines.ts'
import { clockText } from './story-view.ts'

/** What the API server was asked for the followed Secret until now: by whom, how often, and each request. */
export function trafficView(state: PlayState, look: Look, rows: number): PaneContent {
  const followed = followedOf(look, state.followed)
  if (followed === undefined) return { title: 'API traffic', lines: [line(' no Secret yet', 'dim')] }
  const { namespace, secret } = followed
  const all = requestsFor(look.recording, namespace, secret)
  const past = all.slice(0, all.findLastIndex(({ seq }) => seq <= look.seq) + 1)
  const { nodes, users } = new Traffic({ records: past }).of({ namespace, name: secret, resource: 'secrets' })
  const counts = [
    ...nodes.map(({ node, ...counted }) => ({ who: node, ...counted })),
    ...users.map(({ user, ...counted }) => ({ who: user, ...counted })),
  ]
  const lines: Line[] = [
    line(` ${'asked by'.padEnd(24)} get  list  watch  open watches`, 'bold'),
    ...counts.map(({ who, gets, lists, watches, openWatches }) =>
      line(
        ` ${who.padEnd(24)} ${String(gets).padStart(3)}  ${String(lists).padStart(4)}  ${String(watches).padStart(5)}  ${String(openWatches).padStart(12)}`,
      ),
    ),
    line(''),
    // The newest first: it is the one that is asked about.
    ...[...past].reverse().map(requestLine),
  ]
  return scrolledTo(`API traffic for secret ${namespace}/${secret}`, lines, { scroll: state.scroll.traffic, rows })
}

function requestLine({ time, type, detail }: RequestRecord): Line {
  const verb = type.slice('request.'.length)
  return [{ text: ` ${clockText(time)} ` }, { text: `${detail.user} ${verb} -> ${detail.code}` }]
}
