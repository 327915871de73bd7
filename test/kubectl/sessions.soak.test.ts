import { testParts, vectorFiles } from '../judge/test-vectors.ts'
import { isSession, sessionsTitle } from './recorded-sessions.ts'

/** Kubectls between those of sessions.test.ts, which print what one of the two does. */
testParts(sessionsTitle, vectorFiles(isSession), /\/1\.(?!18\.|36\.)/)
