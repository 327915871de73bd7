import { type ApiServerOptions, createApiServer } from '../../src/apiserver/create-api-server.ts'
import type { UserInfo } from '../../src/client/client.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal, type JournalLevel } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type FeatureGates, resolveFeatureGates } from '../../src/versions/feature-gates.ts'

export const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

/**
 * An API server of its own with what it stands on; everything is allowed unless the options say otherwise. It keeps a journal for whom
 * that is `full`.
 */
export function newApiServer(
  options: Partial<ApiServerOptions> = {},
  switched: Partial<FeatureGates> = {},
  level: JournalLevel = 'off',
) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, level)
  const minor = options.minor ?? 18
  const server = createApiServer({
    kernel,
    calendar,
    journal,
    random: createRandomStreams('test'),
    minor,
    gates: resolveFeatureGates(minor, switched),
    authorizers: [],
    admission: [],
    strategies: [],
    ...options,
  })
  return { server, kernel, calendar, journal }
}
