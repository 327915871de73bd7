/**
 * Ink draws nothing where the environment says CI, even an empty `CI=`. Whether there is a terminal was decided before it
 * is loaded: call this first. Source: is-in-ci, index.js.
 */
export function forgetCi(): void {
  for (const name of Object.keys(process.env)) {
    if (name === 'CI' || name === 'CONTINUOUS_INTEGRATION' || name.startsWith('CI_')) delete process.env[name]
  }
}
