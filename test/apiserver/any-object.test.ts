import { testAnyObject } from './any-object.ts'

testAnyObject(36)
