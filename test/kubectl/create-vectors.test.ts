import { testVectors } from '../judge/test-vectors.ts'

testVectors('C1 create secret --dry-run=client answers as the real one', /(^|\/)secrets-create/)
