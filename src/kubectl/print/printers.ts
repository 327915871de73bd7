import { withoutValue } from '../../api/change.ts'
import { utf8Text } from '../../bytes/bytes.ts'
import { at, goJson, goJsonIndented, isObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import { executeGoTemplate, goTemplateError } from '../../go/template.ts'
import { goSyntaxText, goValueText } from '../../go/value-text.ts'
import { toKyaml } from '../../go/yaml/kyaml.ts'
import { kindName } from '../api/discovery.ts'
import { CommandFailure, fail } from '../cli/failure.ts'
import { array, bool, type FlagSpec, type FlagValues, flagSince, flagUntil, string, unsupported } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import type { ClientVersion } from '../client-version.ts'
import { structJson } from '../create/struct-json.ts'
import { asStruct } from './as-struct.ts'
import { parseCustomColumns, parseCustomColumnsFile, printCustomColumns } from './custom-columns.ts'
import { executeJsonpath } from './jsonpath.ts'
import { parseJsonpath } from './jsonpath-parse.ts'
import { yamlText } from './yaml-text.ts'

/** Flags of every command that can print objects. Source: cli-runtime pkg/genericclioptions/print_flags.go. */
export const printFlags: readonly FlagSpec[] = [
  string('output', 'o'),
  string('template'),
  bool('allow-missing-template-keys', undefined, 'true'),
  flagSince(21, bool('show-managed-fields')),
]

export const getPrintFlags: readonly FlagSpec[] = [
  ...printFlags,
  bool('no-headers'),
  bool('show-labels'),
  string('sort-by'),
  bool('show-kind'),
  array('label-columns', 'L'),
  bool('server-print', undefined, 'true'),
  flagUntil(26, unsupported(bool('use-openapi-print-columns'))),
]

/** Turns one object into text. */
export type Printer = (object: unknown) => string

/**
 * The printer that `-o` asks for, undefined when it asks for none; `wide` and names of tables are the caller's.
 * `columns`: whether custom columns are offered, as by get.
 */
export function createPrinter(session: Session, flags: FlagValues, columns = false): Printer | undefined {
  const given = flags.string('output')
  const output = ['json', 'yaml', 'kyaml', 'name'].find((format) => format === given.toLowerCase()) ?? given
  const template = flags.string('template')
  if (output === '' && template !== '') return templatePrinter('go-template', template, session, flags)
  if (output === '') return undefined
  const equals = output.indexOf('=')
  const format = equals < 0 ? output : output.slice(0, equals)
  const argument = equals < 0 ? undefined : output.slice(equals + 1)
  const shown = (object: unknown): unknown => withoutManagedFields(object, session, flags)
  if (output === 'json') return (object) => `${goJsonIndented(shown(object), '    ')}\n`
  if (output === 'yaml') return yamlPrinter(session.version, shown)
  if (output === 'kyaml' && session.version.printsKyaml) return (object) => toKyaml(shown(object), 'bytewise')
  if (output === 'name') {
    return (object) => {
      const names = objectName(object)
      return names === '' ? '' : `${names}\n`
    }
  }
  if (columns && (format === 'custom-columns' || format === 'custom-columns-file')) {
    return columnsPrinter(format, argument, session, flags)
  }
  if (templateFormats.has(format)) return templatePrinter(format, argument ?? template, session, flags)
  return fail(unmatched(output, session, columns))
}

/** The printer of commands that read objects into the structs that kubectl is built with. Source: cli-runtime pkg/resource/builder.go, WithScheme. */
export function createStructPrinter(session: Session, flags: FlagValues): Printer | undefined {
  const plain = createPrinter(session, flags)
  if (plain === undefined) return undefined
  if (flags.string('output') !== 'json') return (object) => plain(asStruct(object, session.version))
  return (object) => `${structJson(asStruct(withoutManagedFields(object, session, flags), session.version), '    ')}\n`
}

const templateFormats = new Set([
  'template',
  'go-template',
  'go-template-file',
  'templatefile',
  'jsonpath',
  'jsonpath-file',
  'jsonpath-as-json',
])

function unmatched(output: string, session: Session, columns: boolean): string {
  const formats = [
    ...(columns ? ['custom-columns', 'custom-columns-file'] : []),
    'go-template',
    'go-template-file',
    'json',
    'jsonpath',
    ...(session.version.jsonpathAsJson ? ['jsonpath-as-json'] : []),
    'jsonpath-file',
    ...(session.version.printsKyaml ? ['kyaml'] : []),
    'name',
    'template',
    'templatefile',
    ...(columns ? ['wide'] : []),
    'yaml',
  ]
  return `unable to match a printer suitable for the output format ${goQuote(output)}, allowed formats are: ${formats.join(',')}`
}

/** Documents after the first are set off by a line of dashes. Source: cli-runtime pkg/printers/yaml.go. */
function yamlPrinter(version: ClientVersion, shown: (object: unknown) => unknown): Printer {
  let count = 0
  return (object) => {
    count++
    return (count > 1 ? '---\n' : '') + yamlText(shown(object), version)
  }
}

function columnsPrinter(format: string, argument: string | undefined, session: Session, flags: FlagValues): Printer {
  const noHeaders = flags.bool('no-headers')
  const columns =
    format === 'custom-columns'
      ? parseCustomColumns(argument ?? '')
      : parseCustomColumnsFile(readTemplateFile(session, argument ?? '', 'template'))
  return (object) => {
    const { text, failure } = printCustomColumns(columns, itemsOf(object), !noHeaders)
    if (failure === undefined) return text
    session.out(text)
    throw new CommandFailure(failure)
  }
}

function itemsOf(object: unknown): readonly unknown[] {
  return isObject(object) && Array.isArray(object.items) ? object.items : [object]
}

function templatePrinter(format: string, argument: string, session: Session, flags: FlagValues): Printer {
  if (argument === '') fail('template format specified but no template given')
  const isFile = format.endsWith('file')
  const text = isFile ? readTemplateFile(session, argument, '--template') : argument
  if (format.startsWith('jsonpath')) return jsonpathPrinter(format, text, session, flags)
  return goTemplatePrinter(text, session, flags)
}

/** A template that does not parse is told at once. Source: cli-runtime pkg/genericclioptions/template_flags.go, pkg/printers/template.go. */
function goTemplatePrinter(text: string, session: Session, flags: FlagValues): Printer {
  const wrong = goTemplateError(text)
  if (wrong !== undefined) fail(`error parsing template ${text}, ${wrong}`)
  const options = { missingKeysFail: !flags.bool('allow-missing-template-keys') }
  return (object) => {
    const result = executeGoTemplate(text, object, options)
    if (result.ok) return result.text
    session.out(
      `${result.text}Error executing template: ${result.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${text}\n\traw data was:\n\t\t${goJson(object)}\n\tobject given to template engine was:\n\t\t${goValueText(object)}\n\n`,
    )
    return fail(`error executing template ${goQuote(text)}: ${result.error}`)
  }
}

/** `what` is how the error calls the file. Source: cli-runtime genericclioptions, kubectl pkg/cmd/get customcolumn_flags.go. */
function readTemplateFile(session: Session, path: string, what: 'template' | '--template'): string {
  const content = session.host.files.read(path)
  if (content === undefined) return fail(`error reading ${what} ${path}, open ${path}: no such file or directory\n`)
  return utf8Text(content)
}

/** Source: cli-runtime pkg/printers/jsonpath.go. */
function jsonpathPrinter(format: string, template: string, session: Session, flags: FlagValues): Printer {
  const settings = {
    allowMissingKeys: flags.bool('allow-missing-template-keys'),
    minor: session.version.minor,
    asJson: format === 'jsonpath-as-json',
  }
  const parsed = parseJsonpath(template)
  if ('error' in parsed) fail(`error parsing jsonpath ${template}, ${parsed.error}`)
  return (object) => {
    const result = executeJsonpath(template, object, settings)
    if (result.ok) return result.text
    const about = `Error executing template: ${result.error}. Printing more information for debugging the template:\n\ttemplate was:\n\t\t${template}\n\tobject given to jsonpath engine was:\n\t\t${goSyntaxText(object)}\n\n\n`
    return fail(`error executing jsonpath ${goQuote(template)}: ${about}`)
  }
}

/** `secret/x`; a list gives a line for each of its items. Source: cli-runtime pkg/printers/name.go. */
export function objectName(object: unknown): string {
  if (isObject(object) && Array.isArray(object.items)) return listAt(object, 'items').map(objectName).join('\n')
  const [group] = textAt(object, 'apiVersion').includes('/') ? textAt(object, 'apiVersion').split('/') : ['']
  return `${kindName(textAt(object, 'kind'), group ?? '')}/${textAt(object, 'metadata', 'name') || '<unknown>'}`
}

/** Source: cli-runtime pkg/printers/managedfields.go (1.21). */
function withoutManagedFields(object: unknown, session: Session, flags: FlagValues): unknown {
  if (!session.version.hidesManagedFields || flags.bool('show-managed-fields') || !isObject(object)) return object
  if (Array.isArray(object.items))
    return { ...object, items: object.items.map((item) => withoutManagedFields(item, session, flags)) }
  return at(object, 'metadata', 'managedFields') === undefined
    ? object
    : withoutValue(object, ['metadata', 'managedFields'])
}
