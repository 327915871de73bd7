import { testVectors } from '../judge/test-vectors.ts'

testVectors('C10 kustomize answers as the real one', /(^|\/)kustomize/)
