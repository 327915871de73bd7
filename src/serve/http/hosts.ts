/** Names under which the server may be asked for. Any other is a page's that was led here (DNS rebinding), or a mistake. */
const hostNames: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]'])

/** Whether a request's `Host` or `:authority` means this server: a loopback name, with any port. */
export function isOwnHost(host: string | undefined): boolean {
  return host !== undefined && hostNames.has(host.replace(/:\d+$/, '').toLowerCase())
}
