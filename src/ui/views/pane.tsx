import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { fill } from './clip.ts'
import type { Size } from './layout.ts'

/** A framed pane with a title in its border; the one with the focus says so by a glyph too. */
export function Pane({
  title,
  size,
  isFocused,
  children,
}: {
  title: string
  size: Size
  isFocused: boolean
  children: ReactNode
}): ReactNode {
  const inner = size.columns - 2
  const head = ` ${isFocused ? '▶ ' : ''}${title} `
  return (
    <Box flexDirection="column" width={size.columns} height={size.rows}>
      <Text
        bold={isFocused}
        dimColor={!isFocused}
      >{`┌${fill(head, Math.min(inner, head.length))}${'─'.repeat(Math.max(0, inner - head.length))}┐`}</Text>
      <Box
        height={size.rows - 2}
        width={size.columns}
        borderStyle="single"
        borderTop={false}
        borderBottom={false}
        borderDimColor={!isFocused}
        flexDirection="column"
      >
        {children}
      </Box>
      <Text dimColor={!isFocused} bold={isFocused}>{`└${'─'.repeat(Math.max(0, inner))}┘`}</Text>
    </Box>
  )
}
