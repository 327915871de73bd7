import { testAsking, testLooking } from './cached-node.ts'

testAsking('v1.26')
testLooking('v1.36')
