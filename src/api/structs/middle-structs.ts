/**
 * Structs of `coreStructs` as v1.23 has them, with those of volumes and claims, in the same notation. Source: pkg/apis/core/types.go with
 * the JSON names of k8s.io/api core/v1/types.go, v1.23.13.
 */
export const middleStructs: Readonly<Record<string, string>> = {
  'core.AzureFilePersistentVolumeSource':
    'SecretName::string ShareName::string ReadOnly::bool SecretNamespace::*string',
  'core.CSIPersistentVolumeSource':
    'Driver::string VolumeHandle::string ReadOnly::bool FSType:fsType:string VolumeAttributes::map[string]string ControllerPublishSecretRef::*core.SecretReference NodeStageSecretRef::*core.SecretReference NodePublishSecretRef::*core.SecretReference ControllerExpandSecretRef::*core.SecretReference',
  'core.CephFSPersistentVolumeSource':
    'Monitors::[]string Path::string User::string SecretFile::string SecretRef::*core.SecretReference ReadOnly::bool',
  'core.CinderPersistentVolumeSource':
    'VolumeID::string FSType:fsType:string ReadOnly::bool SecretRef::*core.SecretReference',
  'core.EphemeralVolumeSource': 'VolumeClaimTemplate::*core.PersistentVolumeClaimTemplate',
  'core.FlexPersistentVolumeSource':
    'Driver::string FSType:fsType:string SecretRef::*core.SecretReference ReadOnly::bool Options::map[string]string',
  'core.GRPCAction': 'Port::int32 Service::*string',
  'core.GlusterfsPersistentVolumeSource':
    'EndpointsName:endpoints:string Path::string ReadOnly::bool EndpointsNamespace::*string',
  'core.ISCSIPersistentVolumeSource':
    'TargetPortal::string IQN:iqn:string Lun::int32 ISCSIInterface:iscsiInterface:string FSType:fsType:string ReadOnly::bool Portals::[]string DiscoveryCHAPAuth:chapAuthDiscovery:bool SessionCHAPAuth:chapAuthSession:bool SecretRef::*core.SecretReference InitiatorName::*string',
  'core.Lifecycle': 'PostStart::*core.LifecycleHandler PreStop::*core.LifecycleHandler',
  'core.LifecycleHandler':
    'Exec::*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction',
  'core.LocalVolumeSource': 'Path::string FSType:fsType:*string',
  'core.ObjectReference':
    'Kind::string Namespace::string Name::string UID:uid:types.UID=string APIVersion:apiVersion:string ResourceVersion::string FieldPath::string',
  'core.PersistentVolumeClaimSpec':
    'AccessModes::[]core.PersistentVolumeAccessMode=string Selector::*v1.LabelSelector Resources::core.ResourceRequirements VolumeName::string StorageClassName::*string VolumeMode::*core.PersistentVolumeMode=string DataSource::*core.TypedLocalObjectReference DataSourceRef::*core.TypedLocalObjectReference',
  'core.PersistentVolumeClaimTemplate': '+ObjectMeta::v1.ObjectMeta Spec::core.PersistentVolumeClaimSpec',
  'core.PersistentVolumeSource':
    'GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource HostPath::*core.HostPathVolumeSource Glusterfs::*core.GlusterfsPersistentVolumeSource NFS:nfs:*core.NFSVolumeSource RBD:rbd:*core.RBDPersistentVolumeSource Quobyte::*core.QuobyteVolumeSource ISCSI:iscsi:*core.ISCSIPersistentVolumeSource FlexVolume::*core.FlexPersistentVolumeSource Cinder::*core.CinderPersistentVolumeSource CephFS:cephfs:*core.CephFSPersistentVolumeSource FC:fc:*core.FCVolumeSource Flocker::*core.FlockerVolumeSource AzureFile::*core.AzureFilePersistentVolumeSource VsphereVolume::*core.VsphereVirtualDiskVolumeSource AzureDisk::*core.AzureDiskVolumeSource PhotonPersistentDisk::*core.PhotonPersistentDiskVolumeSource PortworxVolume::*core.PortworxVolumeSource ScaleIO::*core.ScaleIOPersistentVolumeSource Local::*core.LocalVolumeSource StorageOS:storageos:*core.StorageOSPersistentVolumeSource CSI:csi:*core.CSIPersistentVolumeSource',
  'core.PersistentVolumeSpec':
    'Capacity::core.ResourceList=map[ResourceName]resource.Quantity +PersistentVolumeSource::core.PersistentVolumeSource AccessModes::[]core.PersistentVolumeAccessMode=string ClaimRef::*core.ObjectReference PersistentVolumeReclaimPolicy::core.PersistentVolumeReclaimPolicy=string StorageClassName::string MountOptions::[]string VolumeMode::*core.PersistentVolumeMode=string NodeAffinity::*core.VolumeNodeAffinity',
  'core.PodAffinityTerm':
    'LabelSelector::*v1.LabelSelector Namespaces::[]string TopologyKey::string NamespaceSelector::*v1.LabelSelector',
  'core.PodOS': 'Name::core.OSName=string',
  'core.PodSecurityContext':
    'HostNetwork::bool HostPID::bool HostIPC::bool ShareProcessNamespace::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool SupplementalGroups::[]int64 FSGroup:fsGroup:*int64 FSGroupChangePolicy:fsGroupChangePolicy:*core.PodFSGroupChangePolicy=string Sysctls::[]core.Sysctl SeccompProfile::*core.SeccompProfile',
  'core.PodSpec':
    'Volumes::[]core.Volume InitContainers::[]core.Container Containers::[]core.Container EphemeralContainers::[]core.EphemeralContainer RestartPolicy::core.RestartPolicy=string TerminationGracePeriodSeconds::*int64 ActiveDeadlineSeconds::*int64 DNSPolicy:dnsPolicy:core.DNSPolicy=string NodeSelector::map[string]string ServiceAccountName::string AutomountServiceAccountToken::*bool NodeName::string SecurityContext::*core.PodSecurityContext ImagePullSecrets::[]core.LocalObjectReference Hostname::string Subdomain::string SetHostnameAsFQDN::*bool Affinity::*core.Affinity SchedulerName::string Tolerations::[]core.Toleration HostAliases::[]core.HostAlias PriorityClassName::string Priority::*int32 PreemptionPolicy::*core.PreemptionPolicy=string DNSConfig:dnsConfig:*core.PodDNSConfig ReadinessGates::[]core.PodReadinessGate RuntimeClassName::*string Overhead::core.ResourceList=map[ResourceName]resource.Quantity EnableServiceLinks::*bool TopologySpreadConstraints::[]core.TopologySpreadConstraint OS:os:*core.PodOS',
  'core.PodTemplateSpec': '+ObjectMeta::v1.ObjectMeta Spec::core.PodSpec',
  'core.Probe':
    '+ProbeHandler::core.ProbeHandler InitialDelaySeconds::int32 TimeoutSeconds::int32 PeriodSeconds::int32 SuccessThreshold::int32 FailureThreshold::int32 TerminationGracePeriodSeconds::*int64',
  'core.ProbeHandler':
    'Exec::*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction GRPC:grpc:*core.GRPCAction',
  'core.RBDPersistentVolumeSource':
    'CephMonitors:monitors:[]string RBDImage:image:string FSType:fsType:string RBDPool:pool:string RadosUser:user:string Keyring::string SecretRef::*core.SecretReference ReadOnly::bool',
  'core.ScaleIOPersistentVolumeSource':
    'Gateway::string System::string SecretRef::*core.SecretReference SSLEnabled:sslEnabled:bool ProtectionDomain::string StoragePool::string StorageMode::string VolumeName::string FSType:fsType:string ReadOnly::bool',
  'core.SeccompProfile': 'Type::core.SeccompProfileType=string LocalhostProfile::*string',
  'core.SecretReference': 'Name::string Namespace::string',
  'core.SecurityContext':
    'Capabilities::*core.Capabilities Privileged::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool ReadOnlyRootFilesystem::*bool AllowPrivilegeEscalation::*bool ProcMount::*core.ProcMountType=string SeccompProfile::*core.SeccompProfile',
  'core.StorageOSPersistentVolumeSource':
    'VolumeName::string VolumeNamespace::string FSType:fsType:string ReadOnly::bool SecretRef::*core.ObjectReference',
  'core.TypedLocalObjectReference': 'APIGroup:apiGroup:*string Kind::string Name::string',
  'core.VolumeNodeAffinity': 'Required::*core.NodeSelector',
  'core.VolumeSource':
    'HostPath::*core.HostPathVolumeSource EmptyDir::*core.EmptyDirVolumeSource GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource GitRepo::*core.GitRepoVolumeSource Secret::*core.SecretVolumeSource NFS:nfs:*core.NFSVolumeSource ISCSI:iscsi:*core.ISCSIVolumeSource Glusterfs::*core.GlusterfsVolumeSource PersistentVolumeClaim::*core.PersistentVolumeClaimVolumeSource RBD:rbd:*core.RBDVolumeSource Quobyte::*core.QuobyteVolumeSource FlexVolume::*core.FlexVolumeSource Cinder::*core.CinderVolumeSource CephFS:cephfs:*core.CephFSVolumeSource Flocker::*core.FlockerVolumeSource DownwardAPI::*core.DownwardAPIVolumeSource FC:fc:*core.FCVolumeSource AzureFile::*core.AzureFileVolumeSource ConfigMap::*core.ConfigMapVolumeSource VsphereVolume::*core.VsphereVirtualDiskVolumeSource AzureDisk::*core.AzureDiskVolumeSource PhotonPersistentDisk::*core.PhotonPersistentDiskVolumeSource Projected::*core.ProjectedVolumeSource PortworxVolume::*core.PortworxVolumeSource ScaleIO::*core.ScaleIOVolumeSource StorageOS:storageos:*core.StorageOSVolumeSource CSI:csi:*core.CSIVolumeSource Ephemeral::*core.EphemeralVolumeSource',
  'core.WindowsSecurityContextOptions':
    'GMSACredentialSpecName:gmsaCredentialSpecName:*string GMSACredentialSpec:gmsaCredentialSpec:*string RunAsUserName::*string HostProcess::*bool',
  'v1.ObjectMeta':
    'Name::string GenerateName::string Namespace::string SelfLink::string UID:uid:types.UID=string ResourceVersion::string Generation::int64 CreationTimestamp::v1.Time DeletionTimestamp::*v1.Time DeletionGracePeriodSeconds::*int64 Labels::map[string]string Annotations::map[string]string OwnerReferences::[]v1.OwnerReference Finalizers::[]string ClusterName::string ManagedFields::[]v1.ManagedFieldsEntry',
  'v1.OwnerReference':
    'APIVersion:apiVersion:string Kind::string Name::string UID:uid:types.UID=string Controller::*bool BlockOwnerDeletion::*bool',
}
