import { attempt, type ControllerContext, forever, type OwnProcess, resources, type Steps, sleep, wait } from 'podsim'

/** A certificate, as far as this example needs one: who it is for and when it ends. */
const certificate = (host: string, notAfter: number): string => JSON.stringify({ host, notAfter })
const endOf = (pem: string | undefined): number => (pem === undefined ? 0 : Number(JSON.parse(pem).notAfter))

/** Two hours. Real ones live for 90 days; what happens is the same. */
const lifetime = 7_200_000

/** An operator as cert-manager is: TLS Secrets that ask for it get a new certificate when a third of its life is left. */
export function* certificates({ client, informer, event, epochNow, log }: ControllerContext): Steps<never> {
  const secrets = informer(resources.secrets, { labelSelector: 'certificates.example.com/managed=true' })
  yield* wait(secrets.synced)
  for (;;) {
    for (const secret of secrets.list()) {
      const { name, namespace = '' } = secret.metadata
      const pem = secret.data?.['tls.crt'] === undefined ? undefined : atob(secret.data['tls.crt'])
      if (pem !== undefined && pem !== '' && endOf(pem) - epochNow() > lifetime / 3) continue
      const body = { stringData: { 'tls.crt': certificate(name, epochNow() + lifetime) } }
      const key = { namespace, name }
      const patched = yield* attempt(client.patch(resources.secrets, key, 'application/merge-patch+json', body))
      if (patched.ok)
        event(secret, 'Normal', 'Issued', `certificate until ${new Date(epochNow() + lifetime).toISOString()}`)
      else log(`${name} could not be written`)
    }
    yield* sleep('5m')
  }
}

/** A server that reads its certificate once, as many do; with `--reload`, whenever the file changes. */
export function* server(proc: OwnProcess): Steps<never> {
  let pem = proc.readFile('/etc/tls/tls.crt')
  proc.serve(8443, () => (endOf(pem) > proc.epochNow() ? 200 : 525))
  while (proc.args.includes('--reload')) {
    yield* wait(proc.changed('/etc/tls/tls.crt'))
    pem = proc.readFile('/etc/tls/tls.crt')
    proc.log('reloaded the certificate')
  }
  return yield* forever()
}
