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
  if (schedule.includes('TZ'))
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
