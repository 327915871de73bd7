import { testVectors } from '../judge/test-vectors.ts'

testVectors('S1 S4 who may do what, and kubectl auth can-i, as with a real v1.18.20', /(^|\/)authz/)
