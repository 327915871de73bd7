/**
 * Structs of the API server's internal types that a PodSpec is made of, as its texts print them: `Go name:JSON name:Go type`,
 * the JSON name left out where it is the Go name with a small first letter, `+` for an embedded struct, `=` before what a
 * named type stands for. Source: pkg/apis/core/types.go with the JSON names of k8s.io/api core/v1/types.go, v1.18.20.
 */
export const coreStructs: Readonly<Record<string, string>> = {
  'core.AWSElasticBlockStoreVolumeSource': 'VolumeID::string FSType:fsType:string Partition::int32 ReadOnly::bool',
  'core.Affinity':
    'NodeAffinity::*core.NodeAffinity PodAffinity::*core.PodAffinity PodAntiAffinity::*core.PodAntiAffinity',
  'core.AzureDiskVolumeSource':
    'DiskName::string DataDiskURI:diskURI:string CachingMode::*core.AzureDataDiskCachingMode=string FSType:fsType:*string ReadOnly::*bool Kind::*core.AzureDataDiskKind=string',
  'core.AzureFileVolumeSource': 'SecretName::string ShareName::string ReadOnly::bool',
  'core.CSIVolumeSource':
    'Driver::string ReadOnly::*bool FSType:fsType:*string VolumeAttributes::map[string]string NodePublishSecretRef::*core.LocalObjectReference',
  'core.Capabilities': 'Add::[]core.Capability=string Drop::[]core.Capability=string',
  'core.CephFSVolumeSource':
    'Monitors::[]string Path::string User::string SecretFile::string SecretRef::*core.LocalObjectReference ReadOnly::bool',
  'core.CinderVolumeSource':
    'VolumeID::string FSType:fsType:string ReadOnly::bool SecretRef::*core.LocalObjectReference',
  'core.ConfigMapEnvSource': '+LocalObjectReference::core.LocalObjectReference Optional::*bool',
  'core.ConfigMapKeySelector': '+LocalObjectReference::core.LocalObjectReference Key::string Optional::*bool',
  'core.ConfigMapProjection':
    '+LocalObjectReference::core.LocalObjectReference Items::[]core.KeyToPath Optional::*bool',
  'core.ConfigMapVolumeSource':
    '+LocalObjectReference::core.LocalObjectReference Items::[]core.KeyToPath DefaultMode::*int32 Optional::*bool',
  'core.Container':
    'Name::string Image::string Command::[]string Args::[]string WorkingDir::string Ports::[]core.ContainerPort EnvFrom::[]core.EnvFromSource Env::[]core.EnvVar Resources::core.ResourceRequirements VolumeMounts::[]core.VolumeMount VolumeDevices::[]core.VolumeDevice LivenessProbe::*core.Probe ReadinessProbe::*core.Probe StartupProbe::*core.Probe Lifecycle::*core.Lifecycle TerminationMessagePath::string TerminationMessagePolicy::core.TerminationMessagePolicy=string ImagePullPolicy::core.PullPolicy=string SecurityContext::*core.SecurityContext Stdin::bool StdinOnce::bool TTY:tty:bool',
  'core.ContainerPort':
    'Name::string HostPort::int32 ContainerPort::int32 Protocol::core.Protocol=string HostIP::string',
  'core.DownwardAPIProjection': 'Items::[]core.DownwardAPIVolumeFile',
  'core.DownwardAPIVolumeFile':
    'Path::string FieldRef::*core.ObjectFieldSelector ResourceFieldRef::*core.ResourceFieldSelector Mode::*int32',
  'core.DownwardAPIVolumeSource': 'Items::[]core.DownwardAPIVolumeFile DefaultMode::*int32',
  'core.EmptyDirVolumeSource': 'Medium::core.StorageMedium=string SizeLimit::*resource.Quantity',
  'core.EnvFromSource': 'Prefix::string ConfigMapRef::*core.ConfigMapEnvSource SecretRef::*core.SecretEnvSource',
  'core.EnvVar': 'Name::string Value::string ValueFrom::*core.EnvVarSource',
  'core.EnvVarSource':
    'FieldRef::*core.ObjectFieldSelector ResourceFieldRef::*core.ResourceFieldSelector ConfigMapKeyRef::*core.ConfigMapKeySelector SecretKeyRef::*core.SecretKeySelector',
  'core.EphemeralContainer': '+EphemeralContainerCommon::core.EphemeralContainerCommon TargetContainerName::string',
  'core.EphemeralContainerCommon':
    'Name::string Image::string Command::[]string Args::[]string WorkingDir::string Ports::[]core.ContainerPort EnvFrom::[]core.EnvFromSource Env::[]core.EnvVar Resources::core.ResourceRequirements VolumeMounts::[]core.VolumeMount VolumeDevices::[]core.VolumeDevice LivenessProbe::*core.Probe ReadinessProbe::*core.Probe StartupProbe::*core.Probe Lifecycle::*core.Lifecycle TerminationMessagePath::string TerminationMessagePolicy::core.TerminationMessagePolicy=string ImagePullPolicy::core.PullPolicy=string SecurityContext::*core.SecurityContext Stdin::bool StdinOnce::bool TTY:tty:bool',
  'core.ExecAction': 'Command::[]string',
  'core.FCVolumeSource': 'TargetWWNs::[]string Lun::*int32 FSType:fsType:string ReadOnly::bool WWIDs:wwids:[]string',
  'core.FlexVolumeSource':
    'Driver::string FSType:fsType:string SecretRef::*core.LocalObjectReference ReadOnly::bool Options::map[string]string',
  'core.FlockerVolumeSource': 'DatasetName::string DatasetUUID::string',
  'core.GCEPersistentDiskVolumeSource': 'PDName:pdName:string FSType:fsType:string Partition::int32 ReadOnly::bool',
  'core.GitRepoVolumeSource': 'Repository::string Revision::string Directory::string',
  'core.GlusterfsVolumeSource': 'EndpointsName:endpoints:string Path::string ReadOnly::bool',
  'core.HTTPGetAction':
    'Path::string Port::intstr.IntOrString Host::string Scheme::core.URIScheme=string HTTPHeaders:httpHeaders:[]core.HTTPHeader',
  'core.HTTPHeader': 'Name::string Value::string',
  'core.Handler':
    'Exec::*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction',
  'core.HostAlias': 'IP:ip:string Hostnames::[]string',
  'core.HostPathVolumeSource': 'Path::string Type::*core.HostPathType=string',
  'core.ISCSIVolumeSource':
    'TargetPortal::string IQN:iqn:string Lun::int32 ISCSIInterface:iscsiInterface:string FSType:fsType:string ReadOnly::bool Portals::[]string DiscoveryCHAPAuth:chapAuthDiscovery:bool SessionCHAPAuth:chapAuthSession:bool SecretRef::*core.LocalObjectReference InitiatorName::*string',
  'core.KeyToPath': 'Key::string Path::string Mode::*int32',
  'core.Lifecycle': 'PostStart::*core.Handler PreStop::*core.Handler',
  'core.LocalObjectReference': 'Name::string',
  'core.NFSVolumeSource': 'Server::string Path::string ReadOnly::bool',
  'core.NodeAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution::*core.NodeSelector PreferredDuringSchedulingIgnoredDuringExecution::[]core.PreferredSchedulingTerm',
  'core.NodeSelector': 'NodeSelectorTerms::[]core.NodeSelectorTerm',
  'core.NodeSelectorRequirement': 'Key::string Operator::core.NodeSelectorOperator=string Values::[]string',
  'core.NodeSelectorTerm':
    'MatchExpressions::[]core.NodeSelectorRequirement MatchFields::[]core.NodeSelectorRequirement',
  'core.ObjectFieldSelector': 'APIVersion:apiVersion:string FieldPath::string',
  'core.PersistentVolumeClaimVolumeSource': 'ClaimName::string ReadOnly::bool',
  'core.PhotonPersistentDiskVolumeSource': 'PdID::string FSType:fsType:string',
  'core.PodAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution::[]core.PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution::[]core.WeightedPodAffinityTerm',
  'core.PodAffinityTerm': 'LabelSelector::*v1.LabelSelector Namespaces::[]string TopologyKey::string',
  'core.PodAntiAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution::[]core.PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution::[]core.WeightedPodAffinityTerm',
  'core.PodDNSConfig': 'Nameservers::[]string Searches::[]string Options::[]core.PodDNSConfigOption',
  'core.PodDNSConfigOption': 'Name::string Value::*string',
  'core.PodReadinessGate': 'ConditionType::core.PodConditionType=string',
  'core.PodSecurityContext':
    'HostNetwork::bool HostPID::bool HostIPC::bool ShareProcessNamespace::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool SupplementalGroups::[]int64 FSGroup:fsGroup:*int64 FSGroupChangePolicy:fsGroupChangePolicy:*core.PodFSGroupChangePolicy=string Sysctls::[]core.Sysctl',
  'core.PodSpec':
    'Volumes::[]core.Volume InitContainers::[]core.Container Containers::[]core.Container EphemeralContainers::[]core.EphemeralContainer RestartPolicy::core.RestartPolicy=string TerminationGracePeriodSeconds::*int64 ActiveDeadlineSeconds::*int64 DNSPolicy:dnsPolicy:core.DNSPolicy=string NodeSelector::map[string]string ServiceAccountName::string AutomountServiceAccountToken::*bool NodeName::string SecurityContext::*core.PodSecurityContext ImagePullSecrets::[]core.LocalObjectReference Hostname::string Subdomain::string Affinity::*core.Affinity SchedulerName::string Tolerations::[]core.Toleration HostAliases::[]core.HostAlias PriorityClassName::string Priority::*int32 PreemptionPolicy::*core.PreemptionPolicy=string DNSConfig:dnsConfig:*core.PodDNSConfig ReadinessGates::[]core.PodReadinessGate RuntimeClassName::*string Overhead::core.ResourceList=map[ResourceName]resource.Quantity EnableServiceLinks::*bool TopologySpreadConstraints::[]core.TopologySpreadConstraint',
  'core.PortworxVolumeSource': 'VolumeID::string FSType:fsType:string ReadOnly::bool',
  'core.PreferredSchedulingTerm': 'Weight::int32 Preference::core.NodeSelectorTerm',
  'core.Probe':
    '+Handler::core.Handler InitialDelaySeconds::int32 TimeoutSeconds::int32 PeriodSeconds::int32 SuccessThreshold::int32 FailureThreshold::int32',
  'core.ProjectedVolumeSource': 'Sources::[]core.VolumeProjection DefaultMode::*int32',
  'core.QuobyteVolumeSource':
    'Registry::string Volume::string ReadOnly::bool User::string Group::string Tenant::string',
  'core.RBDVolumeSource':
    'CephMonitors:monitors:[]string RBDImage:image:string FSType:fsType:string RBDPool:pool:string RadosUser:user:string Keyring::string SecretRef::*core.LocalObjectReference ReadOnly::bool',
  'core.ResourceFieldSelector': 'ContainerName::string Resource::string Divisor::resource.Quantity',
  'core.ResourceRequirements':
    'Limits::core.ResourceList=map[ResourceName]resource.Quantity Requests::core.ResourceList=map[ResourceName]resource.Quantity',
  'core.SELinuxOptions': 'User::string Role::string Type::string Level::string',
  'core.ScaleIOVolumeSource':
    'Gateway::string System::string SecretRef::*core.LocalObjectReference SSLEnabled:sslEnabled:bool ProtectionDomain::string StoragePool::string StorageMode::string VolumeName::string FSType:fsType:string ReadOnly::bool',
  'core.ScopeSelector': 'MatchExpressions::[]core.ScopedResourceSelectorRequirement',
  'core.ScopedResourceSelectorRequirement':
    'ScopeName::core.ResourceQuotaScope=string Operator::core.ScopeSelectorOperator=string Values::[]string',
  'core.SecretEnvSource': '+LocalObjectReference::core.LocalObjectReference Optional::*bool',
  'core.SecretKeySelector': '+LocalObjectReference::core.LocalObjectReference Key::string Optional::*bool',
  'core.SecretProjection': '+LocalObjectReference::core.LocalObjectReference Items::[]core.KeyToPath Optional::*bool',
  'core.SecretVolumeSource': 'SecretName::string Items::[]core.KeyToPath DefaultMode::*int32 Optional::*bool',
  'core.SecurityContext':
    'Capabilities::*core.Capabilities Privileged::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool ReadOnlyRootFilesystem::*bool AllowPrivilegeEscalation::*bool ProcMount::*core.ProcMountType=string',
  'core.ServiceAccountTokenProjection': 'Audience::string ExpirationSeconds::int64 Path::string',
  'core.StorageOSVolumeSource':
    'VolumeName::string VolumeNamespace::string FSType:fsType:string ReadOnly::bool SecretRef::*core.LocalObjectReference',
  'core.Sysctl': 'Name::string Value::string',
  'core.TCPSocketAction': 'Port::intstr.IntOrString Host::string',
  'core.Toleration':
    'Key::string Operator::core.TolerationOperator=string Value::string Effect::core.TaintEffect=string TolerationSeconds::*int64',
  'core.TopologySpreadConstraint':
    'MaxSkew::int32 TopologyKey::string WhenUnsatisfiable::core.UnsatisfiableConstraintAction=string LabelSelector::*v1.LabelSelector',
  'core.Volume': 'Name::string +VolumeSource::core.VolumeSource',
  'core.VolumeDevice': 'Name::string DevicePath::string',
  'core.VolumeMount':
    'Name::string ReadOnly::bool MountPath::string SubPath::string MountPropagation::*core.MountPropagationMode=string SubPathExpr::string',
  'core.VolumeProjection':
    'Secret::*core.SecretProjection DownwardAPI::*core.DownwardAPIProjection ConfigMap::*core.ConfigMapProjection ServiceAccountToken::*core.ServiceAccountTokenProjection',
  'core.VolumeSource':
    'HostPath::*core.HostPathVolumeSource EmptyDir::*core.EmptyDirVolumeSource GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource GitRepo::*core.GitRepoVolumeSource Secret::*core.SecretVolumeSource NFS:nfs:*core.NFSVolumeSource ISCSI:iscsi:*core.ISCSIVolumeSource Glusterfs::*core.GlusterfsVolumeSource PersistentVolumeClaim::*core.PersistentVolumeClaimVolumeSource RBD:rbd:*core.RBDVolumeSource Quobyte::*core.QuobyteVolumeSource FlexVolume::*core.FlexVolumeSource Cinder::*core.CinderVolumeSource CephFS:cephfs:*core.CephFSVolumeSource Flocker::*core.FlockerVolumeSource DownwardAPI::*core.DownwardAPIVolumeSource FC:fc:*core.FCVolumeSource AzureFile::*core.AzureFileVolumeSource ConfigMap::*core.ConfigMapVolumeSource VsphereVolume::*core.VsphereVirtualDiskVolumeSource AzureDisk::*core.AzureDiskVolumeSource PhotonPersistentDisk::*core.PhotonPersistentDiskVolumeSource Projected::*core.ProjectedVolumeSource PortworxVolume::*core.PortworxVolumeSource ScaleIO::*core.ScaleIOVolumeSource StorageOS:storageos:*core.StorageOSVolumeSource CSI:csi:*core.CSIVolumeSource',
  'core.VsphereVirtualDiskVolumeSource':
    'VolumePath::string FSType:fsType:string StoragePolicyName::string StoragePolicyID::string',
  'core.WeightedPodAffinityTerm': 'Weight::int32 PodAffinityTerm::core.PodAffinityTerm',
  'core.WindowsSecurityContextOptions':
    'GMSACredentialSpecName:gmsaCredentialSpecName:*string GMSACredentialSpec:gmsaCredentialSpec:*string RunAsUserName::*string',
  'v1.LabelSelector': 'MatchLabels::map[string]string MatchExpressions::[]v1.LabelSelectorRequirement',
  'v1.LabelSelectorRequirement': 'Key::string Operator::v1.LabelSelectorOperator=string Values::[]string',
}
