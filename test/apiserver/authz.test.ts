import { testVectors } from '../judge/test-vectors.ts'

testVectors('S1 S4 who may do what, and kubectl auth can-i, as with real ones of v1.18.20 and v1.36.2', /(^|\/)authz/)
