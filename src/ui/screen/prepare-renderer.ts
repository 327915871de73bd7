/**
 * Makes the environment one in which the renderer draws and colours as it is told: it looks as it is loaded, so call this
 * first. It draws nothing where the environment says CI, even an empty `CI=`, and knows nothing of NO_COLOR.
 * Source: is-in-ci, index.js; chalk, source/vendor/supports-color/index.js.
 */
export function prepareRenderer(env: Record<string, string | undefined>, isColoured: boolean): void {
  for (const name of Object.keys(env)) {
    if (name === 'CI' || name === 'CONTINUOUS_INTEGRATION' || name.startsWith('CI_')) delete env[name]
  }
  // Node.js warns on standard error where it meets both.
  delete env.NO_COLOR
  if (!isColoured) env.FORCE_COLOR = '0'
  else if (env.FORCE_COLOR === '0') env.FORCE_COLOR = '1'
}
