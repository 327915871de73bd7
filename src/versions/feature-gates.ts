import { factAt, type VersionedFact } from './version.ts'

/** Feature gates that change something podsim shows, with their defaults. Source: pkg/features/kube_features.go. */
export const featureGates = {
  ImmutableEphemeralVolumes: gate([19, true]),
  BoundServiceAccountTokenVolume: gate([21, true]),
  SizeMemoryBackedVolumes: gate([22, true]),
  LegacyServiceAccountTokenNoAutoGeneration: gate([24, true]),
  SidecarContainers: gate([29, true]),
  NonPreemptingPriority: gate([19, true]),
  RelaxedEnvironmentVariableValidation: gate([32, true]),
  KubeletEnsureSecretPulledImages: gate([35, true]),
  PreventStaticPodAPIReferences: gate([34, true]),
  AuthorizeNodeWithSelectors: gate([32, true]),
  OrderedNamespaceDeletion: gate([33, true]),
} as const satisfies Record<string, VersionedFact<boolean>>

export type FeatureGate = keyof typeof featureGates
export type FeatureGates = Readonly<Record<FeatureGate, boolean>>

function gate(...since: readonly (readonly [minor: number, on: boolean])[]): VersionedFact<boolean> {
  return { source: 'pkg/features/kube_features.go', initially: false, since }
}

/** All gates of a version, with what the user switched. */
export function resolveFeatureGates(minor: number, switched: Partial<FeatureGates> = {}): FeatureGates {
  const names = Object.keys(featureGates) as FeatureGate[]
  return Object.fromEntries(
    names.map((name) => [name, switched[name] ?? factAt(featureGates[name], minor)]),
  ) as FeatureGates
}
