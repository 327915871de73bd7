import { testVectors } from '../judge/test-vectors.ts'

testVectors('O2 O3 L6 7.2 7.3 8.1 8.3 controllers do what a real v1.18.20 control plane did', /(^|\/)controllers/)
