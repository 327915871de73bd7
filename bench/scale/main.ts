import { figuresJson, figuresText, phaseHeader, phaseLine } from './figures-text.ts'
import { runScale } from './run-scale.ts'
import { scalePage } from './scale-page.ts'
import { scaleSettings } from './settings.ts'

/** `node --expose-gc scale.mjs OPTIONS`: one measured run, in this process. */
const settings = scaleSettings(process.argv.slice(2))
process.stderr.write(`${phaseHeader}\n`)
const figures = await runScale(settings, (phase) => process.stderr.write(`${phaseLine(phase, settings)}\n`))
const { output } = settings
process.stdout.write(
  output === 'json' ? figuresJson(figures) : output === 'html' ? scalePage(figures) : figuresText(figures),
)
