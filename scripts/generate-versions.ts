import { writeFileSync } from 'node:fs'
import { versionsPage } from './versions-page.ts'

/** Writes docs/versions.md. */

writeFileSync('docs/versions.md', versionsPage)
