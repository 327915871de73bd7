import { type EpochMs, rfc3339 } from '../../kernel/calendar.ts'

/** `W1123 19:13:17.437000       1 `: severity, date, time, process id. Source: k8s.io/klog, header. */
export function klogPrefix(now: EpochMs, severity: 'W' | 'E' | 'F'): string {
  const text = rfc3339(now)
  const micros = `${String(((now % 1000) + 1000) % 1000).padStart(3, '0')}000`
  return `${severity}${text.slice(5, 7)}${text.slice(8, 10)} ${text.slice(11, 19)}.${micros}       1 `
}
