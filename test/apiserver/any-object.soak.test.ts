import { testAnyObject } from './any-object.ts'

testAnyObject(18)
testAnyObject(26)
