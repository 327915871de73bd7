import { testVectors } from '../judge/test-vectors.ts'

testVectors('C3 facts/kubectl.md: kubectl prints what a real one printed', /(^|\/)kubectl-session-/)
