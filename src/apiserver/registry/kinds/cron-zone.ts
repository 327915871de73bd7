import type { CronJob } from '../../../api/types/workloads.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { zoneProblem } from '../../../go/zones.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** Without what a version does not know. Source: pkg/registry/batch/cronjob/strategy.go, PrepareForCreate. */
export function withKnownZone(job: CronJob, minor: number): CronJob {
  if (job.spec?.timeZone === undefined || has(minor, apiServer.cronJobsHaveZones)) return job
  const { timeZone: _unknown, ...spec } = job.spec
  return { ...job, spec }
}

/** Source: pkg/apis/batch/validation/validation.go, validateTimeZone; what is unchanged is not looked at. */
export function validateZone(v: Validator, { spec: { timeZone, schedule = '' } = {} }: CronJob, old?: CronJob): void {
  if (timeZone === undefined) return
  const mayHaveZone = !has(v.minor, apiServer.schedulesRefuseZones) || old?.spec?.schedule?.includes('TZ') === true
  if (mayHaveZone && schedule.includes('TZ'))
    v.invalid('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule')
  if (old?.spec?.timeZone === timeZone) return
  const problem = (message: string) => v.invalid('spec.timeZone', timeZone, message)
  if (timeZone === '') problem('timeZone must be nil or non-empty string')
  else if (!timeZone.split('/').every(isZonePart)) problem(`unknown time zone ${timeZone}`)
  else {
    const isLocal = timeZone.toLowerCase() === 'local'
    if (isLocal) problem('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
    const unknown = timeZone === 'Local' ? undefined : zoneProblem(timeZone)
    if (unknown !== undefined) problem(unknown)
  }
}

/** Source: validTimeZoneCharacters. */
function isZonePart(part: string): boolean {
  return part !== '.' && part !== '..' && /^(?!-)[A-Za-z._0-9+-]{1,14}$/.test(part)
}

/** Source: pkg/apis/batch/validation/validation.go, validateScheduleFormat; what had a zone before may keep one. */
export function validateScheduleZone(v: Validator, { spec: { schedule = '' } = {} }: CronJob, old?: CronJob): void {
  if (!has(v.minor, apiServer.schedulesRefuseZones) || !schedule.includes('TZ')) return
  if (old?.spec?.schedule?.includes('TZ') !== true)
    v.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
}

/** The field is named so. Source: pkg/registry/batch/cronjob/strategy.go, WarningsOnCreate. */
export function zoneWarnings({ spec: { schedule = '' } = {} }: CronJob, minor: number): readonly string[] {
  if (!has(minor, apiServer.schedulesWarnOfZones) || !schedule.includes('TZ')) return []
  return [
    'CRON_TZ or TZ used in spec.spec.schedule is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
  ]
}
