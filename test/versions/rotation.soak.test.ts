import { testRotations } from './rotation.ts'

testRotations('others')
