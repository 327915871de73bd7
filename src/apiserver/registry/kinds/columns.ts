import type { TableColumn } from '../strategy.ts'
import { ageColumn, column, nameColumn } from './settings.ts'

/** Columns of the kinds' tables. Source: pkg/printers/internalversion/printers.go, v1.18.20, with the texts of the API's documentation. */
export const serviceColumns = [
  nameColumn,
  column(
    'Type',
    'string',
    'type determines how the Service is exposed. Defaults to ClusterIP. Valid options are ExternalName, ClusterIP, NodePort, and LoadBalancer. "ExternalName" maps to the specified externalName. "ClusterIP" allocates a cluster-internal IP address for load-balancing to endpoints. Endpoints are determined by the selector or if that is not specified, by manual construction of an Endpoints object. If clusterIP is "None", no virtual IP is allocated and the endpoints are published as a set of endpoints rather than a stable IP. "NodePort" builds on ClusterIP and allocates a port on every node which routes to the clusterIP. "LoadBalancer" builds on NodePort and creates an external load-balancer (if supported in the current cloud) which routes to the clusterIP. More info: https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types',
  ),
  column(
    'Cluster-IP',
    'string',
    'clusterIP is the IP address of the service and is usually assigned randomly by the master. If an address is specified manually and is not in use by others, it will be allocated to the service; otherwise, creation of the service will fail. This field can not be changed through updates. Valid values are "None", empty string (""), or a valid IP address. "None" can be specified for headless services when proxying is not required. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies',
  ),
  column(
    'External-IP',
    'string',
    'externalIPs is a list of IP addresses for which nodes in the cluster will also accept traffic for this service.  These IPs are not managed by Kubernetes.  The user is responsible for ensuring that traffic arrives at a node with this IP.  A common example is external load-balancers that are not part of the Kubernetes system.',
  ),
  column(
    'Port(s)',
    'string',
    'The list of ports that are exposed by this service. More info: https://kubernetes.io/docs/concepts/services-networking/service/#virtual-ips-and-service-proxies',
  ),
  ageColumn,
  column(
    'Selector',
    'string',
    'Route service traffic to pods with label keys and values matching this selector. If empty or not present, the service is assumed to have an external process managing its endpoints, which Kubernetes will not modify. Only applies to types ClusterIP, NodePort, and LoadBalancer. Ignored if type is ExternalName. More info: https://kubernetes.io/docs/concepts/services-networking/service/',
    1,
  ),
]

export const ingressColumns = [
  nameColumn,
  column('Class', 'string', 'The name of the IngressClass resource that should be used for additional configuration'),
  column('Hosts', 'string', 'Hosts that incoming requests are matched against before the ingress rule'),
  column('Address', 'string', 'Address is a list containing ingress points for the load-balancer'),
  column('Ports', 'string', 'Ports of TLS configurations that open'),
  ageColumn,
]

export const ingressClassColumns = [
  nameColumn,
  column('Controller', 'string', 'Controller that is responsible for handling this class'),
  column('Parameters', 'string', 'A reference to a resource with additional parameters'),
  ageColumn,
]

export const endpointColumns = [
  nameColumn,
  column(
    'Endpoints',
    'string',
    'The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service.',
  ),
  ageColumn,
]

/** Source: k8s.io/api discovery/v1beta1/types_swagger_doc_generated.go, EndpointSlice. */
export const endpointSliceColumns = [
  nameColumn,
  column(
    'AddressType',
    'string',
    'addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name.',
  ),
  column(
    'Ports',
    'string',
    'ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates "all ports". Each slice may include a maximum of 100 ports.',
  ),
  column(
    'Endpoints',
    'string',
    'endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints.',
  ),
  ageColumn,
]

export const nodeColumns = [
  nameColumn,
  column('Status', 'string', 'The status of the node'),
  column('Roles', 'string', 'The roles of the node'),
  ageColumn,
  column('Version', 'string', 'Kubelet Version reported by the node.'),
  column(
    'Internal-IP',
    'string',
    'List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/concepts/nodes/node/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See http://pr.k8s.io/79391 for an example.',
    1,
  ),
  column(
    'External-IP',
    'string',
    'List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/concepts/nodes/node/#addresses Note: This field is declared as mergeable, but the merge key is not sufficiently unique, which can cause data corruption when it is merged. Callers should instead use a full-replacement patch. See http://pr.k8s.io/79391 for an example.',
    1,
  ),
  column(
    'OS-Image',
    'string',
    'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
    1,
  ),
  column(
    'Kernel-Version',
    'string',
    "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
    1,
  ),
  column(
    'Container-Runtime',
    'string',
    'ContainerRuntime Version reported by the node through runtime remote API (e.g. docker://1.5.0).',
    1,
  ),
]

export const persistentVolumeColumns = [
  nameColumn,
  column(
    'Capacity',
    'string',
    "A description of the persistent volume's resources and capacity. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#capacity",
  ),
  column(
    'Access Modes',
    'string',
    'AccessModes contains all ways the volume can be mounted. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes',
  ),
  column(
    'Reclaim Policy',
    'string',
    'What happens to a persistent volume when released from its claim. Valid options are Retain (default for manually created PersistentVolumes), Delete (default for dynamically provisioned PersistentVolumes), and Recycle (deprecated). Recycle must be supported by the volume plugin underlying this PersistentVolume. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#reclaiming',
  ),
  column(
    'Status',
    'string',
    'Phase indicates if a volume is available, bound to a claim, or released by a claim. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#phase',
  ),
  column(
    'Claim',
    'string',
    'ClaimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim. Expected to be non-nil when bound. claim.VolumeName is the authoritative bind between PV and PVC. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#binding',
  ),
  column('StorageClass', 'string', 'StorageClass of the pv'),
  column(
    'Reason',
    'string',
    'Reason is a brief CamelCase string that describes any failure and is meant for machine parsing and tidy display in the CLI.',
  ),
  ageColumn,
  column(
    'VolumeMode',
    'string',
    'volumeMode defines if a volume is intended to be used with a formatted filesystem or to remain in raw block state. Value of Filesystem is implied when not included in spec.',
    1,
  ),
]

export const persistentVolumeClaimColumns = [
  nameColumn,
  column('Status', 'string', 'Phase represents the current phase of PersistentVolumeClaim.'),
  column('Volume', 'string', 'VolumeName is the binding reference to the PersistentVolume backing this claim.'),
  column('Capacity', 'string', 'Represents the actual resources of the underlying volume.'),
  column(
    'Access Modes',
    'string',
    'AccessModes contains the actual access modes the volume backing the PVC has. More info: https://kubernetes.io/docs/concepts/storage/persistent-volumes#access-modes-1',
  ),
  column('StorageClass', 'string', 'StorageClass of the pvc'),
  ageColumn,
  column(
    'VolumeMode',
    'string',
    'volumeMode defines what type of volume is required by the claim. Value of Filesystem is implied when not included in claim spec.',
    1,
  ),
]

/** The same with the class of attributes behind the storage class. `whose`: `pv`. */
function withAttributesColumn(columns: readonly TableColumn[], whose: string): readonly TableColumn[] {
  const behind = columns.findIndex(({ name }) => name === 'StorageClass') + 1
  const added = column('VolumeAttributesClass', 'string', `VolumeAttributesClass of the ${whose}`)
  return [...columns.slice(0, behind), added, ...columns.slice(behind)]
}

/** Of later versions. */
export const persistentVolumeColumnsWithAttributes = withAttributesColumn(persistentVolumeColumns, 'pv')
/** Of later versions. */
export const persistentVolumeClaimColumnsWithAttributes = withAttributesColumn(persistentVolumeClaimColumns, 'pvc')

export const podSecurityPolicyColumns = [
  nameColumn,
  column('Priv', 'string', 'privileged determines if a pod can request to be run as privileged.'),
  column(
    'Caps',
    'string',
    "allowedCapabilities is a list of capabilities that can be requested to add to the container. Capabilities in this field may be added at the pod author's discretion. You must not list a capability in both allowedCapabilities and requiredDropCapabilities.",
  ),
  column('SELinux', 'string', 'seLinux is the strategy that will dictate the allowable labels that may be set.'),
  column(
    'RunAsUser',
    'string',
    'runAsUser is the strategy that will dictate the allowable RunAsUser values that may be set.',
  ),
  column(
    'FsGroup',
    'string',
    'fsGroup is the strategy that will dictate what fs group is used by the SecurityContext.',
  ),
  column(
    'SupGroup',
    'string',
    'supplementalGroups is the strategy that will dictate what supplemental groups are used by the SecurityContext.',
  ),
  column(
    'ReadOnlyRootFs',
    'string',
    'readOnlyRootFilesystem when set to true will force containers to run with a read only root file system.  If the container specifically requests to run with a non-read only root file system the PSP should deny the pod. If set to false the container may run with a read only root file system if it wishes but it will not be forced to.',
  ),
  column(
    'Volumes',
    'string',
    "volumes is a white list of allowed volume plugins. Empty indicates that no volumes may be used. To allow all volumes you may use '*'.",
  ),
]

export const leaseColumns = [
  nameColumn,
  column('Holder', 'string', 'holderIdentity contains the identity of the holder of a current lease.'),
  ageColumn,
]

export const storageClassColumns = [
  nameColumn,
  column('Provisioner', 'string', 'Provisioner indicates the type of the provisioner.'),
  column(
    'ReclaimPolicy',
    'string',
    'Dynamically provisioned PersistentVolumes of this storage class are created with this reclaimPolicy. Defaults to Delete.',
  ),
  column(
    'VolumeBindingMode',
    'string',
    'VolumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound.  When unset, VolumeBindingImmediate is used. This field is only honored by servers that enable the VolumeScheduling feature.',
  ),
  column('AllowVolumeExpansion', 'string', 'AllowVolumeExpansion shows whether the storage class allow volume expand'),
  ageColumn,
]

const quotaColumns = [
  column('Request', 'string', 'Request represents a minimum amount of cpu/memory that a container may consume.'),
  column(
    'Limit',
    'string',
    'Limits control the maximum amount of cpu/memory that a container may use independent of contention on the node.',
  ),
]

export const resourceQuotaColumns = [nameColumn, ageColumn, ...quotaColumns]
/** Those of v1.33 and later. */
export const resourceQuotaColumnsAgeLast = [nameColumn, ...quotaColumns, ageColumn]

export const priorityClassColumns = [
  nameColumn,
  column(
    'Value',
    'integer',
    'The value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec.',
  ),
  column(
    'Global-Default',
    'boolean',
    'globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class. Only one PriorityClass can be marked as `globalDefault`. However, if more than one PriorityClasses exists with their `globalDefault` field set to true, the smallest value of such global default PriorityClasses will be used as the default priority.',
  ),
  ageColumn,
]

export const runtimeClassColumns = [nameColumn, column('Handler', 'string', ''), ageColumn]

export const volumeAttachmentColumns = [
  nameColumn,
  column(
    'Attacher',
    'string',
    'Attacher indicates the name of the volume driver that MUST handle this request. This is the name returned by GetPluginName().',
    0,
    'name',
  ),
  column('PV', 'string', 'Name of the persistent volume to attach.'),
  column('Node', 'string', 'The node that the volume should be attached to.'),
  column(
    'Attached',
    'boolean',
    'Indicates the volume is successfully attached. This field must only be set by the entity completing the attach operation, i.e. the external-attacher.',
  ),
  ageColumn,
]

export const csiNodeColumns = [
  nameColumn,
  column('Drivers', 'integer', 'Drivers indicates the number of CSI drivers registered on the node'),
  ageColumn,
]

export const csiDriverColumns = [
  nameColumn,
  column(
    'AttachRequired',
    'boolean',
    'attachRequired indicates this CSI volume driver requires an attach operation (because it implements the CSI ControllerPublishVolume() method), and that the Kubernetes attach detach controller should call the attach volume interface which checks the volumeattachment status and waits until the volume is attached before proceeding to mounting. The CSI external-attacher coordinates with CSI volume driver and updates the volumeattachment status when the attach operation is complete. If the CSIDriverRegistry feature gate is enabled and the value is specified to false, the attach operation will be skipped. Otherwise the attach operation will be called.',
  ),
  column(
    'PodInfoOnMount',
    'boolean',
    'If set to true, podInfoOnMount indicates this CSI volume driver requires additional pod information (like podName, podUID, etc.) during mount operations. If set to false, pod information will not be passed on mount. Default is false. The CSI driver specifies podInfoOnMount as part of driver deployment. If true, Kubelet will pass pod information as VolumeContext in the CSI NodePublishVolume() calls. The CSI driver is responsible for parsing and validating the information passed in as VolumeContext. The following VolumeConext will be passed if podInfoOnMount is set to true. This list might grow, but the prefix will be used. "csi.storage.k8s.io/pod.name": pod.Name "csi.storage.k8s.io/pod.namespace": pod.Namespace "csi.storage.k8s.io/pod.uid": string(pod.UID) "csi.storage.k8s.io/ephemeral": "true" iff the volume is an ephemeral inline volume\n                                defined by a CSIVolumeSource, otherwise "false"\n\n"csi.storage.k8s.io/ephemeral" is a new feature in Kubernetes 1.16. It is only required for drivers which support both the "Persistent" and "Ephemeral" VolumeLifecycleMode. Other drivers can leave pod info disabled and/or ignore this field. As Kubernetes 1.15 doesn\'t support this field, drivers can only support one mode when deployed on such a cluster and the deployment determines which mode that is, for example via a command line parameter of the driver.',
  ),
  column(
    'Modes',
    'string',
    'volumeLifecycleModes defines what kind of volumes this CSI volume driver supports. The default if the list is empty is "Persistent", which is the usage defined by the CSI specification and implemented in Kubernetes via the usual PV/PVC mechanism. The other mode is "Ephemeral". In this mode, volumes are defined inline inside the pod spec with CSIVolumeSource and their lifecycle is tied to the lifecycle of that pod. A driver has to be aware of this because it is only going to get a NodePublishVolume call for such a volume. For more information about implementing this mode, see https://kubernetes-csi.github.io/docs/ephemeral-local-volumes.html A driver can support one or more of these modes and more modes may be added in the future. This field is beta.',
  ),
  ageColumn,
]

export const mutatingWebhookColumns = [
  nameColumn,
  column('Webhooks', 'integer', 'Webhooks indicates the number of webhooks registered in this configuration'),
  ageColumn,
]

export const validatingWebhookColumns = [
  nameColumn,
  column('Webhooks', 'integer', 'Webhooks indicates the number of webhooks registered in this configuration'),
  ageColumn,
]

export const networkPolicyColumns = [nameColumn, column('Pod-Selector', 'string', ''), ageColumn]
