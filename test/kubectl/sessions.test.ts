import { testParts, vectorFiles } from '../judge/test-vectors.ts'
import { isSession, sessionsTitle } from './recorded-sessions.ts'

/** Those of the oldest kubectl and of the newest; those between them: sessions.soak.test.ts. */
testParts(sessionsTitle, vectorFiles(isSession), /\/1\.(?:18|36)\./)
