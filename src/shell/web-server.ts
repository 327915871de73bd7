import { utf8Bytes } from '../bytes/bytes.ts'
import { isWithin, joinPath } from '../fs/path.ts'
import { bytesToByteText, toByteText } from './byte-text.ts'
import type { WireReply } from './net/network.ts'
import { type ProcessContext, type Program, type ProgramRun, serveForever } from './program.ts'

/** A server of files, as an image has it set up. */
export interface WebSite {
  /** Where its pages lie. */
  readonly root: string
  /** Where its configuration lies: what is mounted there changes what it does, and nobody knows how. */
  readonly configuration: string
  /** What it says of a page that is not there, and of one that nobody may see; undefined: nobody knows. */
  readonly refusal: (status: 403 | 404) => string
  /** Whether it lists a directory that has no index; what that looks like is not known. */
  readonly listsDirectories: boolean
  readonly index: string
}

/** Source: nginx, src/http/ngx_http_special_response.c, with the tail of `server_tokens off`. */
const nginxPage = (status: 403 | 404): string => {
  const title = status === 404 ? '404 Not Found' : '403 Forbidden'
  return `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`
}

/** Source: httpd, modules/http/http_protocol.c, get_canned_error_string. */
const httpdPage = (status: 403 | 404): string => {
  const [title, text] =
    status === 404
      ? ['404 Not Found', 'The requested URL was not found on this server.']
      : ['403 Forbidden', "You don't have permission to access this resource."]
  return `<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n<title>${title}</title>\n</head><body>\n<h1>${title.slice(4)}</h1>\n<p>${text}</p>\n</body></html>\n`
}

/** Source: nginx docs/html/index.html, as its packages install it. */
const nginxIndex = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`

/** How the images of docker-library have them. Sources: their Dockerfiles; of httpd docs/docroot/index.html. */
export const webSites: Readonly<Record<string, WebSite>> = {
  nginx: {
    root: '/usr/share/nginx/html',
    configuration: '/etc/nginx',
    refusal: nginxPage,
    listsDirectories: false,
    index: nginxIndex,
  },
  httpd: {
    root: '/usr/local/apache2/htdocs',
    configuration: '/usr/local/apache2/conf',
    refusal: httpdPage,
    listsDirectories: true,
    index: '<html><body><h1>It works!</h1></body></html>\n',
  },
}

/** Files and directories of an image that has a site. */
export function siteFiles({ root, index, configuration }: WebSite): Readonly<Record<string, Uint8Array>> {
  return { [`${root}/index.html`]: utf8Bytes(index), [`${configuration}/`]: utf8Bytes('') }
}

const unknown: WireReply = { status: 200, body: '' }
const pathOf = (asked: string): string => asked.split('?')[0] ?? '/'

/** Volumes whose files are all known: in others programs or people that nobody knows may have put more. */
const knownVolume = /\/kubernetes\.io~(?:configmap|secret|projected|downward-api)\//

/** Whether it does what its image says: nothing is mounted over its configuration, and it is called with none. */
function isAsMade({ files, argv }: ProcessContext, { configuration }: WebSite): boolean {
  if (argv.includes('-c') || argv.includes('-f')) return false
  return files.mounts().every(({ path }) => {
    return path === '/' || !(isWithin(path, configuration) || isWithin(configuration, path))
  })
}

/** Whether a page that is not there is known not to be there. */
function isWhole({ files }: ProcessContext, { root }: WebSite): boolean {
  return files.mounts().every(({ path }) => {
    const isOfSite = path !== '/' && (isWithin(path, root) || isWithin(root, path))
    return !isOfSite || knownVolume.test(files.nodePath(path) ?? '')
  })
}

function answer(task: ProcessContext, site: WebSite, asked: string): WireReply {
  const { files } = task
  const path = joinPath(site.root, pathOf(asked))
  if (!isAsMade(task, site) || !isWithin(path, site.root)) return unknown
  const stat = files.stat(path)
  const isDirectory = stat.ok && stat.value.type === 'directory'
  const read = files.readFile(isDirectory ? `${path}/index.html` : path)
  if (read.ok) return { status: 200, body: bytesToByteText(read.value) }
  if ((isDirectory && site.listsDirectories) || !isWhole(task, site)) return unknown
  const status = isDirectory ? 403 : 404
  return { status, body: toByteText(site.refusal(status)) }
}

/** Serves the files of its image, as long as nobody has set it up otherwise. */
export function webServer(site: WebSite, port: number): Program {
  return {
    ...serveForever({ afterMs: 100, exitCode: 0 }, [port]),
    probe(task, { kind, port: asked, path = '/' }) {
      if (asked !== port && isAsMade(task, site)) return undefined
      const { status } = kind === 'tcp' ? unknown : answer(task, site, path)
      const found = { ok: status < 400, output: status < 400 ? '' : `HTTP probe failed with statuscode: ${status}` }
      return isAsMade(task, site) ? { ...found, isPlain: true } : found
    },
    request: (task, { path }) => answer(task, site, path),
    assumedPorts: (task) => (isAsMade(task, site) ? undefined : [port]),
  }
}

/** Whether nginx is called to say or send something, and not to serve. Source: nginx, src/core/nginx.c, ngx_get_options. */
export const isAside = (args: readonly string[]): boolean => args.some((arg) => /^-[tTvVsh?]+$/.test(arg))

// biome-ignore lint/correctness/useYield: it ends at once
function* sayAside(task: ProcessContext): ProgramRun {
  const [, flag = '', order = ''] = task.argv
  if (flag === '-t') {
    const file = 'configuration file /etc/nginx/nginx.conf'
    task.write('stderr', `nginx: the ${file} syntax is ok\nnginx: ${file} test is successful\n`)
    return 0
  }
  if (flag !== '-s') {
    task.write('stderr', toByteText(`podsim does not simulate nginx ${flag}\n`))
    return 126
  }
  if (order === 'quit' || order === 'stop') task.processes.signal(1, terminate)
  return 0
}

/** What nginx is called for beside: to test what is configured, which is what the image has, or to send its master a signal. */
export const nginxAside: Program = { run: sayAside, onTerm: () => 'ignored' }

/** SIGTERM; for `quit` it is SIGQUIT, on which its requests are served to their end. */
const terminate = 15
