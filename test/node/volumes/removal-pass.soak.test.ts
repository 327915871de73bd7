import { testTearDown } from './removal-pass.ts'

testTearDown('v1.26')
