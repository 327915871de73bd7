import { listAt, objectAt, textAt } from '../go/json.ts'
import type { GivenObject } from './given.ts'
import { podSpecOf } from './references.ts'

/** A Secret that an operator makes of a custom resource, as far as the resource says it. */
export interface OperatorSecret {
  readonly name: string
  /** Undefined: the object's own. */
  readonly namespace?: string
  /** Undefined: what it will hold stands elsewhere (in a vault), so it is taken to hold what is asked of it. */
  readonly keys: readonly string[] | undefined
}

/** The Secrets that an operator makes of an object. */
export function operatorSecretsOf(given: GivenObject): readonly OperatorSecret[] {
  if (given.kind === 'SecretProviderClass') return syncedSecrets(objectAt(given.object, 'spec'))
  const made = operatorSecretOf(given)
  return made === undefined ? [] : [made]
}

/**
 * Secrets that the driver of secrets stores writes, once a Pod mounts the class. Source: kubernetes-sigs/secrets-store-csi-driver
 * apis/v1/secretproviderclass_types.go, SecretObject; docs/book/src/topics/sync-as-kubernetes-secret.md.
 */
function syncedSecrets(spec: unknown): readonly OperatorSecret[] {
  return listAt(spec, 'secretObjects').flatMap((each) => {
    const name = textAt(each, 'secretName')
    return name === '' ? [] : [{ name, keys: listAt(each, 'data').map((entry) => textAt(entry, 'key')) }]
  })
}

/** Whether the operator comes to it at all: a SecretProviderClass has to be mounted by a Pod of its namespace. */
export function isWorkedOn(given: GivenObject, objects: readonly GivenObject[], fallback: string): boolean {
  if (given.kind !== 'SecretProviderClass') return true
  const mounts = (volume: unknown) =>
    textAt(volume, 'csi', 'driver') === 'secrets-store.csi.k8s.io' &&
    textAt(volume, 'csi', 'volumeAttributes', 'secretProviderClass') === given.name
  return objects.some((other) => {
    const spec = podSpecOf(other)?.spec
    return (
      (other.namespace || fallback) === (given.namespace || fallback) &&
      spec !== undefined &&
      listAt(spec, 'volumes').some(mounts)
    )
  })
}

function operatorSecretOf({ kind, name, object }: GivenObject): OperatorSecret | undefined {
  const spec = objectAt(object, 'spec')
  switch (kind) {
    case 'ExternalSecret':
      return externalSecret(name, spec)
    case 'SealedSecret':
      return sealedSecret(name, spec)
    case 'Certificate': {
      // Source: cert-manager pkg/apis/certmanager/v1/types_certificate.go, CertificateSpec.SecretName; ca.crt where the issuer has one.
      const secretName = textAt(spec, 'secretName')
      return secretName === '' ? undefined : { name: secretName, keys: undefined }
    }
    case 'VaultStaticSecret':
    case 'VaultDynamicSecret':
    case 'VaultPKISecret': {
      // Source: hashicorp/vault-secrets-operator api/v1beta1, Destination: `create` is false unless it is set.
      const destination = objectAt(spec, 'destination')
      return destination.create === true ? { name: textAt(destination, 'name'), keys: undefined } : undefined
    }
    case 'InfisicalSecret': {
      // Source: Infisical k8s-operator, KubeSecretReference: of another namespace, too.
      const named = objectAt(spec, 'managedSecretReference')
      const namespace = textAt(named, 'secretNamespace')
      const secret = { name: textAt(named, 'secretName') || name, keys: undefined }
      return namespace === '' ? secret : { ...secret, namespace }
    }
    case 'OnePasswordItem':
      return { name, keys: undefined }
    default:
      return undefined
  }
}

/** Source: external-secrets apis/externalsecrets/v1/externalsecret_types.go, ExternalSecretTarget; of policies, Merge and None make nothing. */
function externalSecret(name: string, spec: unknown): OperatorSecret | undefined {
  const policy = textAt(spec, 'target', 'creationPolicy')
  if (policy === 'Merge' || policy === 'None') return undefined
  const template = objectAt(spec, 'target', 'template')
  const fetched = listAt(spec, 'data').map((entry) => textAt(entry, 'secretKey'))
  const templated = Object.keys(objectAt(template, 'data'))
  const isOpen = listAt(spec, 'dataFrom').length + listAt(template, 'templateFrom').length > 0
  // A template's keys replace those that were fetched, unless it says that it merges.
  const keys =
    templated.length > 0 && textAt(template, 'mergePolicy') !== 'Merge' ? templated : [...fetched, ...templated]
  const isOld = fetched.some((key) => key === '')
  return { name: textAt(spec, 'target', 'name') || name, keys: isOpen || isOld ? undefined : keys }
}

/** Source: bitnami-labs/sealed-secrets pkg/apis/sealedsecrets/v1alpha1/types.go, SealedSecretSpec, SecretTemplateSpec. */
function sealedSecret(name: string, spec: unknown): OperatorSecret {
  const sealed = Object.keys(objectAt(spec, 'encryptedData'))
  const templated = Object.keys(objectAt(spec, 'template', 'data'))
  return {
    name: textAt(spec, 'template', 'metadata', 'name') || name,
    // The oldest form seals all of the Secret in one piece.
    keys: sealed.length === 0 ? undefined : [...sealed, ...templated],
  }
}
