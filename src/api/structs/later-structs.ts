/**
 * Structs of `coreStructs` as v1.36 has them, and those that came since, in the same notation. Source: pkg/apis/core/types.go of v1.28,
 * what came later at the places that k8s.io/api core/v1/types.go gives it; recorded differences of v1.36 agree in every line number.
 */
export const laterStructs: Readonly<Record<string, string>> = {
  'batch.PodFailurePolicy': 'Rules::[]batch.PodFailurePolicyRule',
  'batch.PodFailurePolicyOnExitCodesRequirement':
    'ContainerName::*string Operator::batch.PodFailurePolicyOnExitCodesOperator=string Values::[]int32',
  'batch.PodFailurePolicyOnPodConditionsPattern':
    'Type::core.PodConditionType=string Status::core.ConditionStatus=string',
  'batch.PodFailurePolicyRule':
    'Action::batch.PodFailurePolicyAction=string OnExitCodes::*batch.PodFailurePolicyOnExitCodesRequirement OnPodConditions::[]batch.PodFailurePolicyOnPodConditionsPattern',
  'batch.SuccessPolicy': 'Rules::[]batch.SuccessPolicyRule',
  'batch.SuccessPolicyRule': 'SucceededIndexes::*string SucceededCount::*int32',
  'core.AppArmorProfile': 'Type::core.AppArmorProfileType=string LocalhostProfile::*string',
  'core.ClusterTrustBundleProjection':
    'Name::*string SignerName::*string LabelSelector::*v1.LabelSelector Optional::*bool Path::string',
  'core.Container':
    'Name::string Image::string Command::[]string Args::[]string WorkingDir::string Ports::[]core.ContainerPort EnvFrom::[]core.EnvFromSource Env::[]core.EnvVar Resources::core.ResourceRequirements ResizePolicy::[]core.ContainerResizePolicy RestartPolicy::*core.ContainerRestartPolicy=string RestartPolicyRules::[]core.ContainerRestartRule VolumeMounts::[]core.VolumeMount VolumeDevices::[]core.VolumeDevice LivenessProbe::*core.Probe ReadinessProbe::*core.Probe StartupProbe::*core.Probe Lifecycle::*core.Lifecycle TerminationMessagePath::string TerminationMessagePolicy::core.TerminationMessagePolicy=string ImagePullPolicy::core.PullPolicy=string SecurityContext::*core.SecurityContext Stdin::bool StdinOnce::bool TTY:tty:bool',
  'core.ContainerResizePolicy':
    'ResourceName::core.ResourceName=string RestartPolicy::core.ResourceResizeRestartPolicy=string',
  'core.ContainerRestartRule':
    'Action::core.ContainerRestartRuleAction=string ExitCodes::*core.ContainerRestartRuleOnExitCodes',
  'core.ContainerRestartRuleOnExitCodes':
    'Operator::core.ContainerRestartRuleOnExitCodesOperator=string Values::[]int32',
  'core.EnvVarSource':
    'FieldRef::*core.ObjectFieldSelector ResourceFieldRef::*core.ResourceFieldSelector ConfigMapKeyRef::*core.ConfigMapKeySelector SecretKeyRef::*core.SecretKeySelector FileKeyRef::*core.FileKeySelector',
  'core.EphemeralContainerCommon':
    'Name::string Image::string Command::[]string Args::[]string WorkingDir::string Ports::[]core.ContainerPort EnvFrom::[]core.EnvFromSource Env::[]core.EnvVar Resources::core.ResourceRequirements ResizePolicy::[]core.ContainerResizePolicy RestartPolicy::*core.ContainerRestartPolicy=string RestartPolicyRules::[]core.ContainerRestartRule VolumeMounts::[]core.VolumeMount VolumeDevices::[]core.VolumeDevice LivenessProbe::*core.Probe ReadinessProbe::*core.Probe StartupProbe::*core.Probe Lifecycle::*core.Lifecycle TerminationMessagePath::string TerminationMessagePolicy::core.TerminationMessagePolicy=string ImagePullPolicy::core.PullPolicy=string SecurityContext::*core.SecurityContext Stdin::bool StdinOnce::bool TTY:tty:bool',
  'core.EphemeralVolumeSource': 'VolumeClaimTemplate::*core.PersistentVolumeClaimTemplate',
  'core.FileKeySelector': 'VolumeName::string Path::string Key::string Optional::*bool',
  'core.GRPCAction': 'Port::int32 Service::*string',
  'core.ImageVolumeSource': 'Reference::string PullPolicy::core.PullPolicy=string',
  'core.Lifecycle': 'PostStart::*core.LifecycleHandler PreStop::*core.LifecycleHandler StopSignal::*core.Signal=string',
  'core.LifecycleHandler':
    'Exec::*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction Sleep::*core.SleepAction',
  'core.PersistentVolumeClaimSpec':
    'AccessModes::[]core.PersistentVolumeAccessMode=string Selector::*v1.LabelSelector Resources::core.VolumeResourceRequirements VolumeName::string StorageClassName::*string VolumeMode::*core.PersistentVolumeMode=string DataSource::*core.TypedLocalObjectReference DataSourceRef::*core.TypedObjectReference VolumeAttributesClassName::*string',
  'core.PersistentVolumeClaimTemplate': '+ObjectMeta::v1.ObjectMeta Spec::core.PersistentVolumeClaimSpec',
  'core.PodAffinityTerm':
    'LabelSelector::*v1.LabelSelector Namespaces::[]string TopologyKey::string NamespaceSelector::*v1.LabelSelector MatchLabelKeys::[]string MismatchLabelKeys::[]string',
  'core.PodCertificateProjection':
    'SignerName::string KeyType::string MaxExpirationSeconds::*int32 CredentialBundlePath::string KeyPath::string CertificateChainPath::string UserAnnotations::map[string]string',
  'core.PodOS': 'Name::core.OSName=string',
  'core.PodResourceClaim': 'Name::string ResourceClaimName::*string ResourceClaimTemplateName::*string',
  'core.PodSchedulingGate': 'Name::string',
  'core.PodSchedulingGroup': 'PodGroupName::*string',
  'core.PodSecurityContext':
    'HostNetwork::bool HostPID::bool HostIPC::bool ShareProcessNamespace::*bool HostUsers::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool SupplementalGroups::[]int64 SupplementalGroupsPolicy::*core.SupplementalGroupsPolicy=string FSGroup:fsGroup:*int64 FSGroupChangePolicy:fsGroupChangePolicy:*core.PodFSGroupChangePolicy=string Sysctls::[]core.Sysctl SeccompProfile::*core.SeccompProfile AppArmorProfile::*core.AppArmorProfile SELinuxChangePolicy:seLinuxChangePolicy:*core.PodSELinuxChangePolicy=string',
  'core.PodSpec':
    'Volumes::[]core.Volume InitContainers::[]core.Container Containers::[]core.Container EphemeralContainers::[]core.EphemeralContainer RestartPolicy::core.RestartPolicy=string TerminationGracePeriodSeconds::*int64 ActiveDeadlineSeconds::*int64 DNSPolicy:dnsPolicy:core.DNSPolicy=string NodeSelector::map[string]string ServiceAccountName::string AutomountServiceAccountToken::*bool NodeName::string SecurityContext::*core.PodSecurityContext ImagePullSecrets::[]core.LocalObjectReference Hostname::string Subdomain::string SetHostnameAsFQDN::*bool Affinity::*core.Affinity SchedulerName::string Tolerations::[]core.Toleration HostAliases::[]core.HostAlias PriorityClassName::string Priority::*int32 PreemptionPolicy::*core.PreemptionPolicy=string DNSConfig:dnsConfig:*core.PodDNSConfig ReadinessGates::[]core.PodReadinessGate RuntimeClassName::*string Overhead::core.ResourceList=map[ResourceName]resource.Quantity EnableServiceLinks::*bool TopologySpreadConstraints::[]core.TopologySpreadConstraint OS:os:*core.PodOS SchedulingGates::[]core.PodSchedulingGate ResourceClaims::[]core.PodResourceClaim Resources::*core.ResourceRequirements HostnameOverride::*string SchedulingGroup::*core.PodSchedulingGroup',
  'core.Probe':
    '+ProbeHandler::core.ProbeHandler InitialDelaySeconds::int32 TimeoutSeconds::int32 PeriodSeconds::int32 SuccessThreshold::int32 FailureThreshold::int32 TerminationGracePeriodSeconds::*int64',
  'core.ProbeHandler':
    'Exec::*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction GRPC:grpc:*core.GRPCAction',
  'core.ResourceClaim': 'Name::string Request::string',
  'core.ResourceRequirements':
    'Limits::core.ResourceList=map[ResourceName]resource.Quantity Requests::core.ResourceList=map[ResourceName]resource.Quantity Claims::[]core.ResourceClaim',
  'core.SeccompProfile': 'Type::core.SeccompProfileType=string LocalhostProfile::*string',
  'core.SecurityContext':
    'Capabilities::*core.Capabilities Privileged::*bool SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions::*core.WindowsSecurityContextOptions RunAsUser::*int64 RunAsGroup::*int64 RunAsNonRoot::*bool ReadOnlyRootFilesystem::*bool AllowPrivilegeEscalation::*bool ProcMount::*core.ProcMountType=string SeccompProfile::*core.SeccompProfile AppArmorProfile::*core.AppArmorProfile',
  'core.SleepAction': 'Seconds::int64',
  'core.TopologySpreadConstraint':
    'MaxSkew::int32 TopologyKey::string WhenUnsatisfiable::core.UnsatisfiableConstraintAction=string LabelSelector::*v1.LabelSelector MinDomains::*int32 NodeAffinityPolicy::*core.NodeInclusionPolicy=string NodeTaintsPolicy::*core.NodeInclusionPolicy=string MatchLabelKeys::[]string',
  'core.TypedLocalObjectReference': 'APIGroup:apiGroup:*string Kind::string Name::string',
  'core.TypedObjectReference': 'APIGroup:apiGroup:*string Kind::string Name::string Namespace::*string',
  'core.VolumeMount':
    'Name::string ReadOnly::bool RecursiveReadOnly::*core.RecursiveReadOnlyMode=string MountPath::string SubPath::string MountPropagation::*core.MountPropagationMode=string SubPathExpr::string',
  'core.VolumeProjection':
    'Secret::*core.SecretProjection DownwardAPI::*core.DownwardAPIProjection ConfigMap::*core.ConfigMapProjection ServiceAccountToken::*core.ServiceAccountTokenProjection ClusterTrustBundle::*core.ClusterTrustBundleProjection PodCertificate::*core.PodCertificateProjection',
  'core.VolumeResourceRequirements':
    'Limits::core.ResourceList=map[ResourceName]resource.Quantity Requests::core.ResourceList=map[ResourceName]resource.Quantity',
  'core.VolumeSource':
    'HostPath::*core.HostPathVolumeSource EmptyDir::*core.EmptyDirVolumeSource GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource GitRepo::*core.GitRepoVolumeSource Secret::*core.SecretVolumeSource NFS:nfs:*core.NFSVolumeSource ISCSI:iscsi:*core.ISCSIVolumeSource Glusterfs::*core.GlusterfsVolumeSource PersistentVolumeClaim::*core.PersistentVolumeClaimVolumeSource RBD:rbd:*core.RBDVolumeSource Quobyte::*core.QuobyteVolumeSource FlexVolume::*core.FlexVolumeSource Cinder::*core.CinderVolumeSource CephFS:cephfs:*core.CephFSVolumeSource Flocker::*core.FlockerVolumeSource DownwardAPI::*core.DownwardAPIVolumeSource FC:fc:*core.FCVolumeSource AzureFile::*core.AzureFileVolumeSource ConfigMap::*core.ConfigMapVolumeSource VsphereVolume::*core.VsphereVirtualDiskVolumeSource AzureDisk::*core.AzureDiskVolumeSource PhotonPersistentDisk::*core.PhotonPersistentDiskVolumeSource Projected::*core.ProjectedVolumeSource PortworxVolume::*core.PortworxVolumeSource ScaleIO::*core.ScaleIOVolumeSource StorageOS:storageos:*core.StorageOSVolumeSource CSI:csi:*core.CSIVolumeSource Ephemeral::*core.EphemeralVolumeSource Image::*core.ImageVolumeSource',
  'core.WindowsSecurityContextOptions':
    'GMSACredentialSpecName:gmsaCredentialSpecName:*string GMSACredentialSpec:gmsaCredentialSpec:*string RunAsUserName::*string HostProcess::*bool',
}
