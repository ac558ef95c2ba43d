package io.kvorum.api.validation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.ResourceInfo;
import io.kvorum.api.schema.SchemaValidation;
import io.kvorum.api.schema.Schemas;

/** The rules of one kind, beside those of ObjectMeta. */
@FunctionalInterface
interface KindValidation {
    /** Of kinds whose metadata is all there is to check. */
    KindValidation NONE = (object, options, errors) -> {};

    /** The rules an object must meet at any time. */
    void create(ObjectNode object, ValidationOptions options, FieldErrors errors);

    /** The rules of a change; unless the kind says otherwise, those of creation. */
    default void update(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        create(next, options, errors);
    }

    /** The rules of a change of status. */
    default void updateStatus(ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {}

    /** The rules of a change through a subresource that is a part of the object, other than its status. */
    default void updatePart(
            String subresource, ObjectNode old, ObjectNode next, ValidationOptions options, FieldErrors errors) {
        update(old, next, options, errors);
    }

    /** The rules of a resource; of those without rules of their own, that required fields are there. */
    static KindValidation of(ResourceInfo resource) {
        if (resource.custom() != null) {
            return new CustomValidation(resource.custom());
        }
        return switch (resource.group() + "/" + resource.kind()) {
            case "apiextensions.k8s.io/CustomResourceDefinition" -> DefinitionValidation.DEFINITION;
            case "/Pod" -> new PodValidation();
            case "/PodTemplate" -> WorkloadValidation.POD_TEMPLATE;
            case "/ReplicationController" -> WorkloadValidation.REPLICATION_CONTROLLER;
            case "/Service" -> new ServiceValidation();
            case "/Endpoints" -> EndpointsValidation.ENDPOINTS;
            case "/ConfigMap" -> ConfigValidation.CONFIG_MAP;
            case "/Secret" -> ConfigValidation.SECRET;
            case "/Namespace" -> new NamespaceValidation();
            case "/Node" -> new NodeValidation();
            case "/ResourceQuota" -> new QuotaValidation();
            case "/LimitRange" -> new LimitRangeValidation();
            case "/Event" -> new EventValidation();
            case "/ServiceAccount" -> NONE;
            case "/PersistentVolume" -> new PersistentVolumeValidation();
            case "/PersistentVolumeClaim" -> ClaimValidation.CLAIM;
            case "apps/Deployment" -> WorkloadValidation.DEPLOYMENT;
            case "apps/ReplicaSet" -> WorkloadValidation.REPLICA_SET;
            case "apps/StatefulSet" -> WorkloadValidation.STATEFUL_SET;
            case "apps/DaemonSet" -> WorkloadValidation.DAEMON_SET;
            case "apps/ControllerRevision" -> WorkloadValidation.CONTROLLER_REVISION;
            case "batch/Job" -> JobValidation.JOB;
            case "batch/CronJob" -> JobValidation.CRON_JOB;
            case "autoscaling/HorizontalPodAutoscaler" -> new AutoscalerValidation();
            case "policy/PodDisruptionBudget" -> PolicyValidation.BUDGET;
            case "scheduling.k8s.io/PriorityClass" -> PolicyValidation.PRIORITY_CLASS;
            case "coordination.k8s.io/Lease" -> PolicyValidation.LEASE;
            case "discovery.k8s.io/EndpointSlice" -> EndpointsValidation.SLICE;
            case "networking.k8s.io/Ingress" -> new IngressValidation();
            case "networking.k8s.io/IngressClass" -> new IngressClassValidation();
            case "networking.k8s.io/NetworkPolicy" -> NetworkValidation.POLICY;
            case "rbac.authorization.k8s.io/Role" -> RbacValidation.ROLE;
            case "rbac.authorization.k8s.io/ClusterRole" -> RbacValidation.CLUSTER_ROLE;
            case "rbac.authorization.k8s.io/RoleBinding" -> RbacValidation.ROLE_BINDING;
            case "rbac.authorization.k8s.io/ClusterRoleBinding" -> RbacValidation.CLUSTER_ROLE_BINDING;
            case "certificates.k8s.io/CertificateSigningRequest" -> new CertificateRequestValidation();
            case "apiregistration.k8s.io/APIService" -> new ApiServiceValidation();
            case "flowcontrol.apiserver.k8s.io/FlowSchema" -> FlowValidation.SCHEMA;
            case "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration" -> FlowValidation.LEVEL;
            case "admissionregistration.k8s.io/MutatingWebhookConfiguration",
                    "admissionregistration.k8s.io/ValidatingWebhookConfiguration" -> new WebhookValidation();
            case "node.k8s.io/RuntimeClass" -> new RuntimeClassValidation();
            case "admissionregistration.k8s.io/ValidatingAdmissionPolicy" -> new AdmissionPolicyValidation(false);
            case "admissionregistration.k8s.io/MutatingAdmissionPolicy" -> new AdmissionPolicyValidation(true);
            case "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding" -> new PolicyBindingValidation(false);
            case "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding" -> new PolicyBindingValidation(true);
            case "networking.k8s.io/IPAddress" -> AddressValidation.IP_ADDRESS;
            case "networking.k8s.io/ServiceCIDR" -> AddressValidation.SERVICE_CIDR;
            case "storage.k8s.io/StorageClass" -> ClaimValidation.STORAGE_CLASS;
            case "storage.k8s.io/CSIDriver" -> new DriverValidation();
            case "storage.k8s.io/CSINode" -> StorageValidation.CSI_NODE;
            case "storage.k8s.io/CSIStorageCapacity" -> StorageValidation.CAPACITY;
            case "storage.k8s.io/VolumeAttachment" -> new AttachmentValidation();
            case "storage.k8s.io/VolumeAttributesClass" -> StorageValidation.ATTRIBUTES_CLASS;
            case "resource.k8s.io/DeviceClass" -> DeviceClassValidation.CLASS;
            case "resource.k8s.io/ResourceClaim" -> new ResourceClaimValidation();
            case "resource.k8s.io/ResourceClaimTemplate" -> DeviceClassValidation.TEMPLATE;
            case "resource.k8s.io/ResourceSlice" -> new ResourceSliceValidation();
            case "gateway.networking.k8s.io/GatewayClass" -> GatewayValidation.CLASS;
            case "gateway.networking.k8s.io/Gateway" -> GatewayValidation.GATEWAY;
            case "gateway.networking.k8s.io/HTTPRoute" -> RouteValidation.ROUTE;
            case "gateway.networking.k8s.io/ReferenceGrant" -> GatewayValidation.GRANT;
            default ->
                (object, options, errors) -> Schemas.load()
                        .find(resource.apiVersion(), resource.kind())
                        .ifPresent(schema -> errors.addAll(SchemaValidation.validate(schema, object)));
        };
    }
}
