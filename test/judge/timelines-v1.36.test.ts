import { testVectors } from './test-vectors.ts'

testVectors('L1 L2 L3 L6 U1 U3 E3 a kubelet does what a real v1.36 one did', /^v1\.36\/timelines\//)
