import { measure, tighten } from '../test/tidy/ratchet.ts'
import { readSources } from '../test/tidy/source-tree.ts'

/** `npm run generate ratchet`: lowers the numbers of test/tidy/ratchet.json to what is found. */
tighten(measure(['src', 'test', 'scripts', 'bench'].flatMap(readSources)))
