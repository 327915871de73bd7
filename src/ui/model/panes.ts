/** What can be looked at, in the order of the keys that lead there. */
export const paneNames = [
  'flow',
  'story',
  'where',
  'delays',
  'objects',
  'inspector',
  'manifest',
  'traffic',
  'branches',
  'output',
  'map',
] as const
/** A part of the screen. */
export type PaneName = (typeof paneNames)[number]

/** The key that leads to a pane: 1 to 9, 0, then letters. */
export function keyOf(pane: PaneName): string {
  return '1234567890M'.charAt(paneNames.indexOf(pane))
}

/** What each is for, in the words of the help. */
export const paneWords: Readonly<Record<PaneName, string>> = {
  flow: "lanes: one key's revisions on their way",
  story: 'what happened, with its sentences',
  where: 'where each revision is now',
  delays: 'how long an update took, and why',
  objects: 'what there is at this moment',
  inspector: 'one object closely',
  manifest: 'its YAML, with the line that matters',
  traffic: 'what the API server was asked',
  branches: 'worlds, and where they differ',
  map: 'which Secrets there are, and who uses them how',
  output: 'what a command printed; why; glossary',
}
