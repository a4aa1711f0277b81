namespace Flyte.MultiCluster.Sandbox.Api;

/// <summary>
/// The protobuf messages that clients send: field numbers and JSON names of Kubernetes' public API types, for the kinds that kubectl and helm write
/// through typed clients. A line is <c>Message: number jsonName type; …</c>. Types: s string, b bool, i integer, d float, y bytes, t time, q quantity,
/// o int-or-string, :Message (apiVersion.Kind where a kind
/// has several); r repeated, m map from string, w list wrapped in a message; * optional (kept when zero); - inlined.
/// </summary>
internal static class ProtobufSchema
{
    /// <summary>The messages, one a line.</summary>
    public const string Text = """
        autoscaling/v1.HorizontalPodAutoscaler: 1 metadata :ObjectMeta; 2 spec :autoscaling/v1.Spec
        autoscaling/v1.Spec: 1 scaleTargetRef :CrossVersionObjectReference; 2 minReplicas *i; 3 maxReplicas i; 4 targetCPUUtilizationPercentage *i
        HorizontalPodAutoscaler: 1 metadata :ObjectMeta; 2 spec :HorizontalPodAutoscalerSpec
        ObjectMeta: 1 name s; 2 generateName s; 3 namespace s; 4 selfLink s; 5 uid s; 6 resourceVersion s; 7 generation i; 8 creationTimestamp t; 9 deletionTimestamp *t; 10 deletionGracePeriodSeconds *i; 11 labels ms; 12 annotations ms; 13 ownerReferences r:OwnerReference; 14 finalizers rs
        OwnerReference: 5 apiVersion s; 1 kind s; 3 name s; 4 uid s; 6 controller *b; 7 blockOwnerDeletion *b
        HorizontalPodAutoscalerSpec: 1 scaleTargetRef :CrossVersionObjectReference; 2 minReplicas *i; 3 maxReplicas i; 4 metrics r:MetricSpec; 5 behavior *:HorizontalPodAutoscalerBehavior
        CrossVersionObjectReference: 1 kind s; 2 name s; 3 apiVersion s
        MetricSpec: 1 type s; 2 object *:ObjectMetricSource; 3 pods *:PodsMetricSource; 4 resource *:ResourceMetricSource; 7 containerResource *:ContainerResourceMetricSource; 5 external *:ExternalMetricSource
        ObjectMetricSource: 1 describedObject :CrossVersionObjectReference; 2 target :MetricTarget; 3 metric :MetricIdentifier
        MetricTarget: 1 type s; 2 value *q; 3 averageValue *q; 4 averageUtilization *i
        MetricIdentifier: 1 name s; 2 selector *:LabelSelector
        LabelSelector: 1 matchLabels ms; 2 matchExpressions r:LabelSelectorRequirement
        LabelSelectorRequirement: 1 key s; 2 operator s; 3 values rs
        PodsMetricSource: 1 metric :MetricIdentifier; 2 target :MetricTarget
        ResourceMetricSource: 1 name s; 2 target :MetricTarget
        ContainerResourceMetricSource: 1 name s; 2 target :MetricTarget; 3 container s
        ExternalMetricSource: 1 metric :MetricIdentifier; 2 target :MetricTarget
        HorizontalPodAutoscalerBehavior: 1 scaleUp *:HPAScalingRules; 2 scaleDown *:HPAScalingRules
        HPAScalingRules: 3 stabilizationWindowSeconds *i; 1 selectPolicy *s; 2 policies r:HPAScalingPolicy; 4 tolerance *q
        HPAScalingPolicy: 1 type s; 2 value i; 3 periodSeconds i
        Namespace: 1 metadata :ObjectMeta; 2 spec :NamespaceSpec
        NamespaceSpec: 1 finalizers rs
        Secret: 1 metadata :ObjectMeta; 5 immutable *b; 2 data my; 4 stringData ms; 3 type s
        ConfigMap: 1 metadata :ObjectMeta; 4 immutable *b; 2 data ms; 3 binaryData my
        ServiceAccount: 1 metadata :ObjectMeta; 2 secrets r:ObjectReference; 3 imagePullSecrets r:LocalObjectReference; 4 automountServiceAccountToken *b
        ObjectReference: 1 kind s; 2 namespace s; 3 name s; 4 uid s; 5 apiVersion s; 6 resourceVersion s; 7 fieldPath s
        LocalObjectReference: 1 name s
        Service: 1 metadata :ObjectMeta; 2 spec :ServiceSpec
        ServiceSpec: 1 ports r:ServicePort; 2 selector ms; 3 clusterIP s; 18 clusterIPs rs; 4 type s; 5 externalIPs rs; 7 sessionAffinity s; 8 loadBalancerIP s; 9 loadBalancerSourceRanges rs; 10 externalName s; 11 externalTrafficPolicy s; 12 healthCheckNodePort i; 13 publishNotReadyAddresses b; 14 sessionAffinityConfig *:SessionAffinityConfig; 19 ipFamilies rs; 17 ipFamilyPolicy *s; 20 allocateLoadBalancerNodePorts *b; 21 loadBalancerClass *s; 22 internalTrafficPolicy *s; 23 trafficDistribution *s
        ServicePort: 1 name s; 2 protocol s; 6 appProtocol *s; 3 port i; 4 targetPort o; 5 nodePort i
        SessionAffinityConfig: 1 clientIP *:ClientIPConfig
        ClientIPConfig: 1 timeoutSeconds *i
        ResourceQuota: 1 metadata :ObjectMeta; 2 spec :ResourceQuotaSpec
        ResourceQuotaSpec: 1 hard mq; 2 scopes rs; 3 scopeSelector *:ScopeSelector
        ScopeSelector: 1 matchExpressions r:ScopedResourceSelectorRequirement
        ScopedResourceSelectorRequirement: 1 scopeName s; 2 operator s; 3 values rs
        Pod: 1 metadata :ObjectMeta; 2 spec :PodSpec
        PodSpec: 1 volumes r:Volume; 20 initContainers r:Container; 2 containers r:Container; 3 restartPolicy s; 4 terminationGracePeriodSeconds *i; 5 activeDeadlineSeconds *i; 6 dnsPolicy s; 7 nodeSelector ms; 8 serviceAccountName s; 9 serviceAccount s; 21 automountServiceAccountToken *b; 10 nodeName s; 11 hostNetwork b; 12 hostPID b; 13 hostIPC b; 27 shareProcessNamespace *b; 14 securityContext *:PodSecurityContext; 15 imagePullSecrets r:LocalObjectReference; 16 hostname s; 17 subdomain s; 18 affinity *:Affinity; 19 schedulerName s; 22 tolerations r:Toleration; 23 hostAliases r:HostAlias; 24 priorityClassName s; 25 priority *i; 26 dnsConfig *:PodDNSConfig; 28 readinessGates r:PodReadinessGate; 29 runtimeClassName *s; 30 enableServiceLinks *b; 31 preemptionPolicy *s; 32 overhead mq; 33 topologySpreadConstraints r:TopologySpreadConstraint; 35 setHostnameAsFQDN *b; 36 os *:PodOS; 37 hostUsers *b; 38 schedulingGates r:PodSchedulingGate; 39 resourceClaims r:PodResourceClaim; 40 resources *:ResourceRequirements; 41 hostnameOverride *s; 43 schedulingGroup *:PodSchedulingGroup; 44 evictionResponders r:EvictionResponder
        Volume: 1 name s; 2 - :VolumeSource
        VolumeSource: 1 hostPath *:HostPathVolumeSource; 2 emptyDir *:EmptyDirVolumeSource; 6 secret *:SecretVolumeSource; 7 nfs *:NFSVolumeSource; 10 persistentVolumeClaim *:PersistentVolumeClaimVolumeSource; 16 downwardAPI *:DownwardAPIVolumeSource; 19 configMap *:ConfigMapVolumeSource; 26 projected *:ProjectedVolumeSource; 28 csi *:CSIVolumeSource; 30 image *:ImageVolumeSource
        HostPathVolumeSource: 1 path s; 2 type *s
        EmptyDirVolumeSource: 1 medium s; 2 sizeLimit *q; 3 mode *i
        SecretVolumeSource: 1 secretName s; 2 items r:KeyToPath; 3 defaultMode *i; 4 optional *b; 5 defaultUser *i
        KeyToPath: 1 key s; 2 path s; 3 mode *i; 4 user *i
        NFSVolumeSource: 1 server s; 2 path s; 3 readOnly b
        PersistentVolumeClaimVolumeSource: 1 claimName s; 2 readOnly b
        DownwardAPIVolumeSource: 1 items r:DownwardAPIVolumeFile; 2 defaultMode *i; 3 defaultUser *i
        DownwardAPIVolumeFile: 1 path s; 2 fieldRef *:ObjectFieldSelector; 3 resourceFieldRef *:ResourceFieldSelector; 4 mode *i; 5 user *i
        ObjectFieldSelector: 1 apiVersion s; 2 fieldPath s
        ResourceFieldSelector: 1 containerName s; 2 resource s; 3 divisor q
        ConfigMapVolumeSource: 1 - :LocalObjectReference; 2 items r:KeyToPath; 3 defaultMode *i; 4 optional *b; 5 defaultUser *i
        ProjectedVolumeSource: 1 sources r:VolumeProjection; 2 defaultMode *i; 3 defaultUser *i
        VolumeProjection: 1 secret *:SecretProjection; 2 downwardAPI *:DownwardAPIProjection; 3 configMap *:ConfigMapProjection; 4 serviceAccountToken *:ServiceAccountTokenProjection
        SecretProjection: 1 - :LocalObjectReference; 2 items r:KeyToPath; 4 optional *b
        DownwardAPIProjection: 1 items r:DownwardAPIVolumeFile
        ConfigMapProjection: 1 - :LocalObjectReference; 2 items r:KeyToPath; 4 optional *b
        ServiceAccountTokenProjection: 1 audience s; 2 expirationSeconds *i; 3 path s; 4 user *i
        CSIVolumeSource: 1 driver s; 2 readOnly *b; 3 fsType *s; 4 volumeAttributes ms; 5 nodePublishSecretRef *:LocalObjectReference
        ImageVolumeSource: 1 reference s; 2 pullPolicy s
        Container: 1 name s; 2 image s; 3 command rs; 4 args rs; 5 workingDir s; 6 ports r:ContainerPort; 19 envFrom r:EnvFromSource; 7 env r:EnvVar; 8 resources :ResourceRequirements; 23 resizePolicy r:ContainerResizePolicy; 24 restartPolicy *s; 25 restartPolicyRules r:ContainerRestartRule; 9 volumeMounts r:VolumeMount; 21 volumeDevices r:VolumeDevice; 10 livenessProbe *:Probe; 11 readinessProbe *:Probe; 22 startupProbe *:Probe; 12 lifecycle *:Lifecycle; 13 terminationMessagePath s; 20 terminationMessagePolicy s; 14 imagePullPolicy s; 15 securityContext *:SecurityContext; 16 stdin b; 17 stdinOnce b; 18 tty b
        ContainerPort: 1 name s; 2 hostPort i; 3 containerPort i; 4 protocol s; 5 hostIP s
        EnvFromSource: 1 prefix s; 2 configMapRef *:ConfigMapEnvSource; 3 secretRef *:SecretEnvSource
        ConfigMapEnvSource: 1 - :LocalObjectReference; 2 optional *b
        SecretEnvSource: 1 - :LocalObjectReference; 2 optional *b
        EnvVar: 1 name s; 2 value s; 3 valueFrom *:EnvVarSource
        EnvVarSource: 1 fieldRef *:ObjectFieldSelector; 2 resourceFieldRef *:ResourceFieldSelector; 3 configMapKeyRef *:ConfigMapKeySelector; 4 secretKeyRef *:SecretKeySelector; 5 fileKeyRef *:FileKeySelector
        ConfigMapKeySelector: 1 - :LocalObjectReference; 2 key s; 3 optional *b
        SecretKeySelector: 1 - :LocalObjectReference; 2 key s; 3 optional *b
        FileKeySelector: 1 volumeName s; 2 path s; 3 key s; 4 optional *b
        ResourceRequirements: 1 limits mq; 2 requests mq; 3 claims r:ResourceClaim
        ResourceClaim: 1 name s; 2 request s
        ContainerResizePolicy: 1 resourceName s; 2 restartPolicy s
        ContainerRestartRule: 1 action s; 2 exitCodes *:ContainerRestartRuleOnExitCodes
        ContainerRestartRuleOnExitCodes: 1 operator s; 2 values ri
        VolumeMount: 1 name s; 2 readOnly b; 7 recursiveReadOnly *s; 3 mountPath s; 4 subPath s; 5 mountPropagation *s; 6 subPathExpr s; 8 bindMountOptions rs
        VolumeDevice: 1 name s; 2 devicePath s
        Probe: 1 - :ProbeHandler; 2 initialDelaySeconds i; 3 timeoutSeconds i; 4 periodSeconds i; 5 successThreshold i; 6 failureThreshold i; 7 terminationGracePeriodSeconds *i
        ProbeHandler: 1 exec *:ExecAction; 2 httpGet *:HTTPGetAction; 3 tcpSocket *:TCPSocketAction; 4 grpc *:GRPCAction
        ExecAction: 1 command rs
        HTTPGetAction: 1 path s; 2 port o; 3 host s; 4 scheme s; 5 httpHeaders r:HTTPHeader; 6 protocol *s
        HTTPHeader: 1 name s; 2 value s
        TCPSocketAction: 1 port o; 2 host s
        GRPCAction: 1 port i; 2 service *s; 3 mode *s
        Lifecycle: 1 postStart *:LifecycleHandler; 2 preStop *:LifecycleHandler; 3 stopSignal *s
        LifecycleHandler: 1 exec *:ExecAction; 2 httpGet *:HTTPGetAction; 3 tcpSocket *:TCPSocketAction; 4 sleep *:SleepAction
        SleepAction: 1 seconds i
        SecurityContext: 1 capabilities *:Capabilities; 2 privileged *b; 3 seLinuxOptions *:SELinuxOptions; 4 runAsUser *i; 8 runAsGroup *i; 5 runAsNonRoot *b; 6 readOnlyRootFilesystem *b; 7 allowPrivilegeEscalation *b; 9 procMount *s; 11 seccompProfile *:SeccompProfile; 12 appArmorProfile *:AppArmorProfile
        Capabilities: 1 add rs; 2 drop rs
        SELinuxOptions: 1 user s; 2 role s; 3 type s; 4 level s
        SeccompProfile: 1 type s; 2 localhostProfile *s
        AppArmorProfile: 1 type s; 2 localhostProfile *s
        PodSecurityContext: 1 seLinuxOptions *:SELinuxOptions; 2 runAsUser *i; 6 runAsGroup *i; 3 runAsNonRoot *b; 4 supplementalGroups ri; 12 supplementalGroupsPolicy *s; 5 fsGroup *i; 7 sysctls r:Sysctl; 9 fsGroupChangePolicy *s; 10 seccompProfile *:SeccompProfile; 11 appArmorProfile *:AppArmorProfile; 13 seLinuxChangePolicy *s
        Sysctl: 1 name s; 2 value s
        Affinity: 1 nodeAffinity *:NodeAffinity; 2 podAffinity *:PodAffinity; 3 podAntiAffinity *:PodAntiAffinity
        NodeAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution *:NodeSelector; 2 preferredDuringSchedulingIgnoredDuringExecution r:PreferredSchedulingTerm
        NodeSelector: 1 nodeSelectorTerms r:NodeSelectorTerm
        NodeSelectorTerm: 1 matchExpressions r:NodeSelectorRequirement; 2 matchFields r:NodeSelectorRequirement
        NodeSelectorRequirement: 1 key s; 2 operator s; 3 values rs
        PreferredSchedulingTerm: 1 weight i; 2 preference :NodeSelectorTerm
        PodAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution r:PodAffinityTerm; 2 preferredDuringSchedulingIgnoredDuringExecution r:WeightedPodAffinityTerm
        PodAffinityTerm: 1 labelSelector *:LabelSelector; 2 namespaces rs; 3 topologyKey s; 4 namespaceSelector *:LabelSelector; 5 matchLabelKeys rs; 6 mismatchLabelKeys rs
        WeightedPodAffinityTerm: 1 weight i; 2 podAffinityTerm :PodAffinityTerm
        PodAntiAffinity: 1 requiredDuringSchedulingIgnoredDuringExecution r:PodAffinityTerm; 2 preferredDuringSchedulingIgnoredDuringExecution r:WeightedPodAffinityTerm
        Toleration: 1 key s; 2 operator s; 3 value s; 4 effect s; 5 tolerationSeconds *i
        HostAlias: 1 ip s; 2 hostnames rs
        PodDNSConfig: 1 nameservers rs; 2 searches rs; 3 options r:PodDNSConfigOption
        PodDNSConfigOption: 1 name s; 2 value *s
        PodReadinessGate: 1 conditionType s
        TopologySpreadConstraint: 1 maxSkew i; 2 topologyKey s; 3 whenUnsatisfiable s; 4 labelSelector *:LabelSelector; 5 minDomains *i; 6 nodeAffinityPolicy *s; 7 nodeTaintsPolicy *s; 8 matchLabelKeys rs
        PodOS: 1 name s
        PodSchedulingGate: 1 name s
        PodResourceClaim: 1 name s; 3 resourceClaimName *s; 4 resourceClaimTemplateName *s
        PodSchedulingGroup: 1 podGroupName *s
        EvictionResponder: 1 name s; 2 priority *i
        Event: 1 metadata :ObjectMeta; 2 involvedObject :ObjectReference; 3 reason s; 4 message s; 5 source :EventSource; 6 firstTimestamp t; 7 lastTimestamp t; 8 count i; 9 type s; 10 eventTime t; 11 series *:EventSeries; 12 action s; 13 related *:ObjectReference; 14 reportingComponent s; 15 reportingInstance s
        EventSource: 1 component s; 2 host s
        EventSeries: 1 count i; 2 lastObservedTime t
        Deployment: 1 metadata :ObjectMeta; 2 spec :DeploymentSpec
        DeploymentSpec: 1 replicas *i; 2 selector *:LabelSelector; 3 template :PodTemplateSpec; 4 strategy :DeploymentStrategy; 5 minReadySeconds i; 6 revisionHistoryLimit *i; 7 paused b; 9 progressDeadlineSeconds *i
        PodTemplateSpec: 1 metadata :ObjectMeta; 2 spec :PodSpec
        DeploymentStrategy: 1 type s; 2 rollingUpdate *:RollingUpdateDeployment
        RollingUpdateDeployment: 1 maxUnavailable *o; 2 maxSurge *o
        Job: 1 metadata :ObjectMeta; 2 spec :JobSpec
        JobSpec: 1 parallelism *i; 2 completions *i; 3 activeDeadlineSeconds *i; 11 podFailurePolicy *:PodFailurePolicy; 16 successPolicy *:SuccessPolicy; 7 backoffLimit *i; 12 backoffLimitPerIndex *i; 13 maxFailedIndexes *i; 4 selector *:LabelSelector; 5 manualSelector *b; 6 template :PodTemplateSpec; 8 ttlSecondsAfterFinished *i; 9 completionMode *s; 10 suspend *b; 14 podReplacementPolicy *s; 15 managedBy *s; 17 scheduling *:JobSchedulingConfiguration
        PodFailurePolicy: 1 rules r:PodFailurePolicyRule
        PodFailurePolicyRule: 1 action s; 2 onExitCodes *:PodFailurePolicyOnExitCodesRequirement; 3 onPodConditions r:PodFailurePolicyOnPodConditionsPattern
        PodFailurePolicyOnExitCodesRequirement: 1 containerName *s; 2 operator s; 3 values ri
        PodFailurePolicyOnPodConditionsPattern: 1 type s; 2 status s
        SuccessPolicy: 1 rules r:SuccessPolicyRule
        SuccessPolicyRule: 1 succeededIndexes *s; 2 succeededCount *i
        JobSchedulingConfiguration:
        CronJob: 1 metadata :ObjectMeta; 2 spec :CronJobSpec
        CronJobSpec: 1 schedule s; 8 timeZone *s; 2 startingDeadlineSeconds *i; 3 concurrencyPolicy s; 4 suspend *b; 5 jobTemplate :JobTemplateSpec; 6 successfulJobsHistoryLimit *i; 7 failedJobsHistoryLimit *i
        JobTemplateSpec: 1 metadata :ObjectMeta; 2 spec :JobSpec
        Role: 1 metadata :ObjectMeta; 2 rules r:PolicyRule
        PolicyRule: 1 verbs rs; 2 apiGroups rs; 3 resources rs; 4 resourceNames rs; 5 nonResourceURLs rs
        ClusterRole: 1 metadata :ObjectMeta; 2 rules r:PolicyRule; 3 aggregationRule *:AggregationRule
        AggregationRule: 1 clusterRoleSelectors r:LabelSelector
        RoleBinding: 1 metadata :ObjectMeta; 2 subjects r:Subject; 3 roleRef :RoleRef
        Subject: 1 kind s; 2 apiGroup s; 3 name s; 4 namespace s
        RoleRef: 1 apiGroup s; 2 kind s; 3 name s
        ClusterRoleBinding: 1 metadata :ObjectMeta; 2 subjects r:Subject; 3 roleRef :RoleRef
        Ingress: 1 metadata :ObjectMeta; 2 spec :IngressSpec
        IngressSpec: 4 ingressClassName *s; 1 defaultBackend *:IngressBackend; 2 tls r:IngressTLS; 3 rules r:IngressRule
        IngressBackend: 4 service *:IngressServiceBackend; 3 resource *:TypedLocalObjectReference
        IngressServiceBackend: 1 name s; 2 port :ServiceBackendPort
        ServiceBackendPort: 1 name s; 2 number i
        TypedLocalObjectReference: 1 apiGroup *s; 2 kind s; 3 name s
        IngressTLS: 1 hosts rs; 2 secretName s
        IngressRule: 1 host s; 2 - :IngressRuleValue
        IngressRuleValue: 1 http *:HTTPIngressRuleValue
        HTTPIngressRuleValue: 1 paths r:HTTPIngressPath
        HTTPIngressPath: 1 path s; 3 pathType *s; 2 backend :IngressBackend
        PodDisruptionBudget: 1 metadata :ObjectMeta; 2 spec :PodDisruptionBudgetSpec
        PodDisruptionBudgetSpec: 1 minAvailable *o; 2 selector *:LabelSelector; 3 maxUnavailable *o; 4 unhealthyPodEvictionPolicy *s
        Eviction: 1 metadata :ObjectMeta; 2 deleteOptions *:DeleteOptions
        DeleteOptions: 1 gracePeriodSeconds *i; 2 preconditions *:Preconditions; 3 orphanDependents *b; 4 propagationPolicy *s; 5 dryRun rs; 6 ignoreStoreReadErrorWithClusterBreakingPotential *b
        Preconditions: 1 uid s; 2 resourceVersion *s
        PriorityClass: 1 metadata :ObjectMeta; 2 value i; 3 globalDefault b; 4 description s
        Lease: 1 metadata :ObjectMeta; 2 spec :LeaseSpec
        LeaseSpec: 1 holderIdentity *s; 2 leaseDurationSeconds *i; 3 acquireTime *t; 4 renewTime *t; 5 leaseTransitions *i; 6 strategy *s; 7 preferredHolder *s
        SelfSubjectReview: 1 metadata :ObjectMeta
        TokenReview: 1 metadata :ObjectMeta; 2 spec :TokenReviewSpec; 3 status :TokenReviewStatus
        TokenReviewSpec: 1 token s; 2 audiences rs
        TokenReviewStatus: 1 authenticated b; 2 user :UserInfo; 4 audiences rs; 3 error s
        UserInfo: 1 username s; 2 uid s; 3 groups rs; 4 extra mwrs
        TokenRequest: 1 metadata :ObjectMeta; 2 spec :TokenRequestSpec
        TokenRequestSpec: 1 audiences rs; 4 expirationSeconds *i; 3 boundObjectRef *:BoundObjectReference; 5 attestations mwrs
        BoundObjectReference: 1 kind s; 2 apiVersion s; 3 name s; 4 uid s
        SelfSubjectAccessReview: 1 metadata :ObjectMeta; 2 spec :SelfSubjectAccessReviewSpec
        SelfSubjectAccessReviewSpec: 1 resourceAttributes *:ResourceAttributes; 2 nonResourceAttributes *:NonResourceAttributes
        ResourceAttributes: 1 namespace s; 2 verb s; 3 group s; 4 version s; 5 resource s; 6 subresource s; 7 name s; 8 fieldSelector *:FieldSelectorAttributes; 9 labelSelector *:LabelSelectorAttributes
        FieldSelectorAttributes: 1 rawSelector s; 2 requirements r:FieldSelectorRequirement
        FieldSelectorRequirement: 1 key s; 2 operator s; 3 values rs
        LabelSelectorAttributes: 1 rawSelector s; 2 requirements r:LabelSelectorRequirement
        NonResourceAttributes: 1 path s; 2 verb s
        SelfSubjectRulesReview: 1 metadata :ObjectMeta; 2 spec :SelfSubjectRulesReviewSpec
        SelfSubjectRulesReviewSpec: 1 namespace s
        SubjectAccessReview: 1 metadata :ObjectMeta; 2 spec :SubjectAccessReviewSpec
        SubjectAccessReviewSpec: 1 resourceAttributes *:ResourceAttributes; 2 nonResourceAttributes *:NonResourceAttributes; 3 user s; 4 groups rs; 5 extra mwrs; 6 uid s
        LocalSubjectAccessReview: 1 metadata :ObjectMeta; 2 spec :SubjectAccessReviewSpec
        """;
}
