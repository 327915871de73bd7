import { fail, failPlain } from '../cli/failure.ts'

/** Ends a command with what the way to a container answered: the API server's own words, or those of kubelet and runtime. */
export function failWith({ reason = '', message }: { readonly reason?: string; readonly message: string }): never {
  if (reason === '') return fail(message)
  return failPlain(`Error from server${reason === 'Unknown' ? '' : ` (${reason})`}: ${message}`)
}
