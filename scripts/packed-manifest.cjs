const { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs')

/**
 * The package.json that is packed: without scripts, what is only for developers, and the packages that are in the bundles: all but
 * rxjs, whose Observables users and podsim hand to each other. Otherwise npm warns everybody who
 * installs podsim of a `prepare` that is none of their business. npm packs what lies on the disk: `write` puts the one in the
 * place of the other for so long, `restore` puts it back.
 */
const manifest = 'package.json'
const kept = 'package.json.kept'

const command = process.argv[2]
if (command === 'write') {
  copyFileSync(manifest, kept)
  const { scripts: _scripts, devDependencies: _devDependencies, ...packed } = JSON.parse(readFileSync(manifest, 'utf8'))
  const { rxjs } = packed.dependencies
  writeFileSync(manifest, `${JSON.stringify({ ...packed, dependencies: { rxjs } }, undefined, 2)}\n`)
} else if (command === 'restore' && existsSync(kept)) renameSync(kept, manifest)
