package io.kvorum.api.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kvorum.api.Golden;
import io.kvorum.api.Tree;
import org.junit.jupiter.api.Test;

class StrategiesTest {
    private static Strategy of(String apiVersion, String kind) {
        return Strategies.of(Golden.resource(apiVersion, kind));
    }

    @Test
    void creationResetsStatusAndGeneration() {
        ObjectNode deployment = Golden.tree("{'metadata':{'generation':7},'spec':{},'status':{'replicas':3}}");
        of("apps/v1", "Deployment").prepareForCreate(deployment);
        assertThat(deployment).isEqualTo(Golden.tree("{'metadata':{'generation':1},'spec':{},'status':{}}"));

        ObjectNode map = Golden.tree("{'metadata':{'generation':7}}");
        of("v1", "ConfigMap").prepareForCreate(map);
        assertThat(map).isEqualTo(Golden.tree("{'metadata':{}}"));

        ObjectNode attachment = Golden.tree("{'metadata':{},'spec':{},'status':{'attached':true}}");
        of("storage.k8s.io/v1", "VolumeAttachment").prepareForCreate(attachment);
        assertThat(attachment.path("status")).isEqualTo(Golden.tree("{'attached':false}"));
    }

    @Test
    void anUpdateKeepsStatusAndCountsChangesOfTheSpec() {
        Strategy deployments = of("apps/v1", "Deployment");
        ObjectNode old = Golden.tree("{'metadata':{'generation':3},'spec':{'replicas':1},'status':{'replicas':1}}");

        ObjectNode labelled = Golden.tree("{'metadata':{'labels':{'a':'b'}},'spec':{'replicas':1,'paused':null}}");
        deployments.prepareForUpdate(old, labelled);
        assertThat(Tree.number(labelled, "metadata", "generation")).isEqualTo(3);
        assertThat(labelled.path("status")).isEqualTo(old.path("status"));

        ObjectNode scaled = Golden.tree("{'metadata':{},'spec':{'replicas':2},'status':{'replicas':9}}");
        deployments.prepareForUpdate(old, scaled);
        assertThat(Tree.number(scaled, "metadata", "generation")).isEqualTo(4);
        assertThat(scaled.path("status")).isEqualTo(old.path("status"));
    }

    @Test
    void aStatusUpdateChangesStatusOnly() {
        ObjectNode old = Golden.tree(
                "{'metadata':{'generation':3,'labels':{'a':'b'},'finalizers':['x/y']},'spec':{'replicas':1},'status':{}}");
        ObjectNode next = Golden.tree("{'metadata':{'generation':9,'labels':{},'annotations':{'n':'1'}},"
                + "'spec':{'replicas':5},'status':{'replicas':1}}");
        of("apps/v1", "Deployment").prepareStatusUpdate(old, next);
        assertThat(next)
                .isEqualTo(Golden.tree("{'metadata':{'generation':3,'labels':{'a':'b'},'annotations':{'n':'1'},"
                        + "'finalizers':['x/y']},'spec':{'replicas':1},'status':{'replicas':1}}"));
    }

    @Test
    void podsGetTimeToEndOnlyWhereSomethingRuns() {
        Strategy pods = of("v1", "Pod");
        ObjectNode running = Golden.tree(
                "{'spec':{'nodeName':'n','terminationGracePeriodSeconds':30},'status':{'phase':'Running'}}");
        assertThat(pods.deletionGraceSeconds(running, null)).isEqualTo(30);
        assertThat(pods.deletionGraceSeconds(running, 5L)).isEqualTo(5);
        assertThat(pods.deletionGraceSeconds(running, 0L)).isZero();
        assertThat(pods.deletionGraceSeconds(running, -1L)).isEqualTo(1);
        assertThat(pods.deletionGraceSeconds(
                        Golden.tree("{'spec':{'terminationGracePeriodSeconds':30},'status':{}}"), null))
                .isZero();
        assertThat(pods.deletionGraceSeconds(
                        Golden.tree("{'spec':{'nodeName':'n'},'status':{'phase':'Succeeded'}}"), 9L))
                .isZero();
        assertThat(of("v1", "ConfigMap").deletionGraceSeconds(running, 30L)).isZero();
    }

    @Test
    void gatedPodsSaySo() {
        ObjectNode pod = Golden.tree("{'metadata':{},'spec':{'schedulingGates':[{'name':'g'}],'containers':[]}}");
        of("v1", "Pod").prepareForCreate(pod);
        assertThat(Tree.text(pod.path("status").path("conditions").get(0), "reason"))
                .isEqualTo("SchedulingGated");
    }

    @Test
    void aStatusWriterMayLeaveOutTheQosClass() {
        ObjectNode old = Golden.tree("{'metadata':{},'status':{'qosClass':'Burstable'}}");
        ObjectNode next = Golden.tree("{'metadata':{},'status':{'phase':'Running'}}");
        of("v1", "Pod").prepareStatusUpdate(old, next);
        assertThat(Tree.text(next, "status", "qosClass")).isEqualTo("Burstable");
    }

    @Test
    void namespacesAreBornWithAFinalizerAndKeepIt() {
        Strategy namespaces = of("v1", "Namespace");
        ObjectNode namespace = Golden.tree("{'metadata':{'name':'a'},'spec':{}}");
        namespaces.prepareForCreate(namespace);
        assertThat(Tree.texts(namespace, "spec", "finalizers")).containsExactly("kubernetes");
        ObjectNode next = Golden.tree("{'metadata':{'name':'a'}}");
        namespaces.prepareForUpdate(namespace, next);
        assertThat(Tree.texts(next, "spec", "finalizers")).containsExactly("kubernetes");
        namespaces.canonicalize(next);
        assertThat(Tree.text(next, "metadata", "labels", "kubernetes.io/metadata.name"))
                .isEqualTo("a");
    }

    @Test
    void nodesRegisterWithTheirStatus() {
        ObjectNode node = Golden.tree("{'metadata':{'name':'n'},'status':{'capacity':{'cpu':'2'}}}");
        of("v1", "Node").prepareForCreate(node);
        assertThat(Tree.text(node, "status", "capacity", "cpu")).isEqualTo("2");
    }

    @Test
    void jobsKeepASelectorOfTheirOwn() {
        ObjectNode job = Golden.tree("{'metadata':{'name':'j','uid':'u'},'spec':{'manualSelector':true,"
                + "'selector':{'matchLabels':{'a':'b'}},'template':{'metadata':{'labels':{'a':'b'}}}}}");
        of("batch/v1", "Job").prepareForCreate(job);
        assertThat(Tree.map(job, "spec", "template", "metadata", "labels")).containsOnlyKeys("a");
        assertThat(Tree.map(job, "metadata", "labels")).containsEntry("a", "b");
    }

    @Test
    void aServiceKeepsWhatWasAllocated() {
        Strategy services = of("v1", "Service");
        ObjectNode old = Golden.tree(
                "{'metadata':{},'spec':{'type':'NodePort','clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1'],"
                        + "'ports':[{'port':80,'protocol':'TCP','nodePort':30001}],'externalTrafficPolicy':'Cluster'}}");
        ObjectNode next = Golden.tree("{'metadata':{},'spec':{'type':'NodePort','ports':[{'port':80,'protocol':'TCP'}],"
                + "'externalTrafficPolicy':'Cluster'}}");
        services.prepareForUpdate(old, next);
        assertThat(Tree.text(next, "spec", "clusterIP")).isEqualTo("10.0.0.1");
        assertThat(Tree.number(next.path("spec").path("ports").get(0), "nodePort"))
                .isEqualTo(30001);

        ObjectNode inside = Golden.tree(
                "{'metadata':{},'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1'],"
                        + "'ports':[{'port':80,'protocol':'TCP','nodePort':30001}],'externalTrafficPolicy':'Cluster'}}");
        services.prepareForUpdate(old, inside);
        assertThat(inside.path("spec").path("ports").get(0).has("nodePort")).isFalse();
        assertThat(inside.path("spec").has("externalTrafficPolicy")).isFalse();

        ObjectNode external =
                Golden.tree("{'metadata':{},'spec':{'type':'ExternalName','externalName':'a','clusterIP':'10.0.0.1',"
                        + "'clusterIPs':['10.0.0.1']}}");
        services.prepareForUpdate(old, external);
        assertThat(external.path("spec").has("clusterIP")).isFalse();
    }

    @Test
    void aNodePortStaysWithThePortOfItsName() {
        Strategy services = of("v1", "Service");
        ObjectNode old = Golden.tree("{'metadata':{},'spec':{'type':'NodePort','ports':["
                + "{'name':'a','port':80,'nodePort':30001},{'name':'b','port':81,'nodePort':30002}]}}");
        ObjectNode moved = Golden.tree("{'metadata':{},'spec':{'type':'NodePort','ports':["
                + "{'name':'a','port':8080},{'name':'b','port':8081}]}}");
        services.prepareForUpdate(old, moved);
        assertThat(moved.path("spec").path("ports").findValuesAsText("nodePort"))
                .containsExactly("30001", "30002");

        ObjectNode swapped = Golden.tree("{'metadata':{},'spec':{'type':'NodePort','ports':["
                + "{'name':'a','port':80},{'name':'c','port':81,'nodePort':30001}]}}");
        services.prepareForUpdate(old, swapped);
        assertThat(swapped.path("spec").path("ports").get(0).has("nodePort")).isFalse();
    }

    @Test
    void aClientThatKnowsOneAddressOnlySpeaksForTheList() {
        Strategy services = of("v1", "Service");
        ObjectNode old = Golden.tree(
                "{'metadata':{},'spec':{'type':'ClusterIP','clusterIP':'10.0.0.1','clusterIPs':['10.0.0.1']}}");
        ObjectNode changed = Golden.tree(
                "{'metadata':{},'spec':{'type':'ClusterIP','clusterIP':'10.0.0.2','clusterIPs':['10.0.0.1']}}");
        services.prepareForUpdate(old, changed);
        assertThat(Tree.texts(changed, "spec", "clusterIPs")).containsExactly("10.0.0.2");

        ObjectNode external = Golden.tree("{'metadata':{},'spec':{'type':'ExternalName','clusterIPs':['10.0.0.1']}}");
        services.prepareForUpdate(old, external);
        assertThat(external.path("spec").has("clusterIPs")).isFalse();
    }

    @Test
    void daemonSetsCountTheirTemplates() {
        Strategy sets = of("apps/v1", "DaemonSet");
        ObjectNode old = Golden.tree("{'metadata':{},'spec':{'template':{'spec':{}}}}");
        sets.prepareForCreate(old);
        ObjectNode next = Golden.tree("{'metadata':{},'spec':{'template':{'spec':{'a':1}}}}");
        sets.prepareForUpdate(old, next);
        assertThat(Tree.text(next, "metadata", "annotations", "deprecated.daemonset.template.generation"))
                .isEqualTo("2");
    }

    @Test
    void createOnUpdateAndUnconditionalUpdate() {
        assertThat(of("v1", "ConfigMap").allowCreateOnUpdate()).isFalse();
        assertThat(of("coordination.k8s.io/v1", "Lease").allowCreateOnUpdate()).isTrue();
        assertThat(of("coordination.k8s.io/v1", "Lease").allowUnconditionalUpdate())
                .isFalse();
        assertThat(of("v1", "Pod").allowUnconditionalUpdate()).isTrue();
    }

    /** As documented: the pod's own values of these labels become part of the selector. */
    @Test
    void matchLabelKeysBecomePartOfTheSelectors() {
        ObjectNode pod = Golden.tree(
                "{'metadata':{'labels':{'hash':'1','tenant':'t'}},'spec':{'affinity':{"
                        + "'podAffinity':{'requiredDuringSchedulingIgnoredDuringExecution':[{'labelSelector':{'matchLabels':{'app':'db'}},"
                        + "'matchLabelKeys':['hash','absent'],'topologyKey':'z'}]},"
                        + "'podAntiAffinity':{'preferredDuringSchedulingIgnoredDuringExecution':[{'weight':1,'podAffinityTerm':{"
                        + "'labelSelector':{},'mismatchLabelKeys':['tenant'],'topologyKey':'z'}}]}},"
                        + "'topologySpreadConstraints':[{'labelSelector':{},'matchLabelKeys':['hash']},{'matchLabelKeys':['hash']}]}}");
        of("v1", "Pod").prepareForCreate(pod);
        String near = "/spec/affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/0";
        String far = "/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/0/podAffinityTerm";
        assertThat(pod.at(near + "/labelSelector"))
                .isEqualTo(Golden.tree("{'matchLabels':{'app':'db'},'matchExpressions':"
                        + "[{'key':'hash','operator':'In','values':['1']}]}"));
        assertThat(pod.at(far + "/labelSelector"))
                .isEqualTo(Golden.tree("{'matchExpressions':[{'key':'tenant','operator':'NotIn','values':['t']}]}"));
        assertThat(pod.at("/spec/topologySpreadConstraints/0/labelSelector"))
                .isEqualTo(Golden.tree("{'matchExpressions':[{'key':'hash','operator':'In','values':['1']}]}"));
        assertThat(pod.at("/spec/topologySpreadConstraints/1/labelSelector").isMissingNode())
                .isTrue();
    }

    @Test
    void accountsNameTheirSecretsAndNoMore() {
        ObjectNode account = Golden.tree("{'metadata':{},'secrets':[{'kind':'Secret','name':'s','namespace':'x'}]}");
        ObjectNode next = account.deepCopy();
        Strategy accounts = of("v1", "ServiceAccount");
        accounts.prepareForCreate(account);
        accounts.prepareForUpdate(account, next);
        assertThat(account).isEqualTo(Golden.tree("{'metadata':{},'secrets':[{'name':'s'}]}"));
        assertThat(next).isEqualTo(account);
    }
}
