import pytest

from tests.packaging.cloudformation import (
    Template,
    of_type,
    properties,
    references,
    role_statements,
    statements,
)

ACCOUNT = "${AWS::Region}:${AWS::AccountId}"
ROTATION_FUNCTION = f"arn:${{AWS::Partition}}:lambda:{ACCOUNT}:function:${{AWS::StackName}}"
SECRETS_OF_THIS_ACCOUNT = f"arn:${{AWS::Partition}}:secretsmanager:{ACCOUNT}:secret:*"
THROUGH_SECRETS_MANAGER = {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}
MANAGE_INTERFACES = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
}
SEE_INTERFACES = {"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}
SHARED = {
    "WriteLog": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "SendTraces": {"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
    "LetLambdaManageNetworkInterfaces": MANAGE_INTERFACES,
    "LetLambdaSeeNetworkInterfaces": SEE_INTERFACES,
    "KeepTheCodeFromNetworkInterfaces": MANAGE_INTERFACES | SEE_INTERFACES,
}
ACTIONS = {
    "RotationRole": SHARED
    | {
        "RotateSecretsThatNameThisFunction": {
            "secretsmanager:DescribeSecret",
            "secretsmanager:GetSecretValue",
            "secretsmanager:ListSecretVersionIds",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        },
        "ReadTheRotationAdminsSecret": {"secretsmanager:GetSecretValue"},
        "UseTheSecretsKeyThroughSecretsManager": {"kms:Decrypt", "kms:GenerateDataKey"},
    },
    "RetirementRole": SHARED
    | {
        "FindSecrets": {"secretsmanager:ListSecrets"},
        "ReadLabelsOfSecretsThatNameTheRotationFunction": {
            "secretsmanager:DescribeSecret",
            "secretsmanager:ListSecretVersionIds",
        },
        "RotateSecretsThatNameTheRotationFunction": {"secretsmanager:RotateSecret"},
        "InvokeTheRotationFunction": {"lambda:InvokeFunction"},
        "FindClusters": {"ecs:ListClusters"},
        "ListServicesAndTasksOfTheClusters": {"ecs:ListServices", "ecs:ListTasks"},
        "RollServicesOfTheClusters": {
            "ecs:DescribeServices",
            "ecs:DescribeTasks",
            "ecs:ListServiceDeployments",
            "ecs:UpdateService",
        },
        "ReadTaskDefinitions": {
            "ecs:DescribeDaemonTaskDefinition",
            "ecs:DescribeTaskDefinition",
        },
    },
}
IN_THE_CLUSTERS = {"ListServicesAndTasksOfTheClusters", "RollServicesOfTheClusters"}
# AWS knows no resource for the actions of these; the last one denies.
WITHOUT_RESOURCE = {
    "SendTraces",
    "FindSecrets",
    "FindClusters",
    "ListServicesAndTasksOfTheClusters",
    "ReadTaskDefinitions",
    "LetLambdaSeeNetworkInterfaces",
    "KeepTheCodeFromNetworkInterfaces",
}
ROTATES = {"RotateSecretsThatNameTheRotationFunction"}
by_role = pytest.mark.parametrize("role", ACTIONS)


def test_these_are_all_the_roles_and_policies(template: Template) -> None:
    assert of_type(template, "AWS::IAM::Role").keys() == ACTIONS.keys()
    assert of_type(template, "AWS::IAM::ManagedPolicy").keys() == {"ConsumerReadPolicy"}
    assert not of_type(template, "AWS::IAM::Policy")


@by_role
def test_a_role_allows_these_actions_and_no_others(template: Template, role: str) -> None:
    found = {sid: set(s["Action"]) for sid, s in role_statements(template, role).items()}
    assert found == ACTIONS[role]
    assert "ManagedPolicyArns" not in properties(template, role)


@by_role
def test_only_lambda_takes_on_a_role(template: Template, role: str) -> None:
    (statement,) = properties(template, role)["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert statement["Action"] == "sts:AssumeRole"


@by_role
def test_no_action_holds_a_wildcard_and_a_resource_is_named_where_aws_knows_one(
    template: Template, role: str
) -> None:
    for sid, statement in role_statements(template, role).items():
        assert not [action for action in statement["Action"] if "*" in action]
        assert (statement["Resource"] == "*") == (sid in WITHOUT_RESOURCE), sid
        assert (statement["Effect"] == "Deny") == (sid == "KeepTheCodeFromNetworkInterfaces")


@pytest.mark.parametrize(
    ("role", "sid"),
    [
        ("RotationRole", "RotateSecretsThatNameThisFunction"),
        ("RetirementRole", "ReadLabelsOfSecretsThatNameTheRotationFunction"),
        ("RetirementRole", "RotateSecretsThatNameTheRotationFunction"),
    ],
)
def test_only_secrets_that_name_the_rotation_function_are_within_reach(
    template: Template, role: str, sid: str
) -> None:
    statement = role_statements(template, role)[sid]
    key = "secretsmanager:resource/AllowRotationLambdaArn"
    assert statement["Condition"]["StringEquals"] == {key: {"Fn::Sub": ROTATION_FUNCTION}}
    further = {"ArnEqualsIfExists", "BoolIfExists"} if sid in ROTATES else set()
    assert statement["Condition"].keys() == {"StringEquals"} | further
    assert statement["Resource"] == {"Fn::Sub": SECRETS_OF_THIS_ACCOUNT}
    assert properties(template, "RotationFunction")["FunctionName"] == {"Ref": "AWS::StackName"}


@by_role
def test_no_role_waits_for_a_function(template: Template, role: str) -> None:
    functions = of_type(template, "AWS::Serverless::Function").keys()
    assert not references(template["Resources"][role]) & functions


@by_role
def test_network_interfaces_are_for_lambda_and_not_for_the_functions_code(
    template: Template, role: str
) -> None:
    found = role_statements(template, role)
    suffix = {"RotationRole": "", "RetirementRole": "-retirement"}[role]
    source = {"lambda:SourceFunctionArn": {"Fn::Sub": ROTATION_FUNCTION + suffix}}
    assert found["KeepTheCodeFromNetworkInterfaces"]["Condition"] == {"ArnEquals": source}
    managed = found["LetLambdaManageNetworkInterfaces"]["Resource"]
    # A subnet may be shared by another account; the interface is always this one's.
    here, elsewhere = "arn:${AWS::Partition}:ec2:", "arn:${AWS::Partition}:ec2:${AWS::Region}:*:"
    assert [one["Fn::Sub"] for one in managed] == [
        f"{here}{ACCOUNT}:*/*",
        f"{elsewhere}subnet/*",
        f"{elsewhere}security-group/*",
    ]
    assert conditions_of(template, role)["KeepTheCodeFromNetworkInterfaces"] == "HasVpc"
    assert conditions_of(template, role)["LetLambdaManageNetworkInterfaces"] == "HasVpc"
    assert conditions_of(template, role)["LetLambdaSeeNetworkInterfaces"] == "HasVpc"


def test_a_rotation_is_started_as_the_secret_is_set(template: Template) -> None:
    (sid,) = ROTATES
    condition = role_statements(template, "RetirementRole")[sid]["Condition"]
    assert condition["ArnEqualsIfExists"] == {
        "secretsmanager:RotationLambdaARN": {"Fn::Sub": ROTATION_FUNCTION}
    }
    assert condition["BoolIfExists"] == {"secretsmanager:ModifyRotationRules": "false"}


def test_the_retirement_function_invokes_the_rotation_function_and_no_other(
    template: Template,
) -> None:
    statement = role_statements(template, "RetirementRole")["InvokeTheRotationFunction"]
    assert statement["Resource"] == {"Fn::Sub": ROTATION_FUNCTION}


def test_ecs_is_within_reach_only_in_the_clusters_that_are_named(template: Template) -> None:
    found = role_statements(template, "RetirementRole")
    every = {"Fn::Sub": f"arn:${{AWS::Partition}}:ecs:{ACCOUNT}:cluster/*"}
    chosen_clusters = {"Fn::If": ["HasAllClusters", every, {"Ref": "ConsumerClusters"}]}
    condition = {"ArnEquals": {"ecs:cluster": chosen_clusters}}
    assert {sid for sid, s in found.items() if s.get("Condition") == condition} == IN_THE_CLUSTERS
    chosen = conditions_of(template, "RetirementRole")
    assert {sid for sid, name in chosen.items() if name == "HasClusters"} == {
        *IN_THE_CLUSTERS,
        "ReadTaskDefinitions",
    }
    ecs = f"arn:${{AWS::Partition}}:ecs:{ACCOUNT}"
    assert found["RollServicesOfTheClusters"]["Resource"] == [
        {"Fn::Sub": f"{ecs}:service/*"},
        {"Fn::Sub": f"{ecs}:task/*"},
    ]


def conditions_of(template: Template, role: str) -> dict[str, str]:
    (policy,) = properties(template, role)["Policies"]
    chosen = [s["Fn::If"] for s in policy["PolicyDocument"]["Statement"] if "Fn::If" in s]
    assert all(otherwise == {"Ref": "AWS::NoValue"} for _, _, otherwise in chosen)
    return {statement["Sid"]: condition for condition, statement, _ in chosen}


def test_the_kms_key_serves_secrets_manager_and_secrets_of_this_account_only(
    template: Template,
) -> None:
    sid = "UseTheSecretsKeyThroughSecretsManager"
    statement = role_statements(template, "RotationRole")[sid]
    assert conditions_of(template, "RotationRole")[sid] == "HasKmsKey"
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}
    assert statement["Condition"] == {
        "StringEquals": {"kms:ViaService": THROUGH_SECRETS_MANAGER},
        "StringLike": {"kms:EncryptionContext:SecretARN": {"Fn::Sub": SECRETS_OF_THIS_ACCOUNT}},
    }


def test_a_consumer_reads_the_created_secret_and_nothing_else(template: Template) -> None:
    policy = template["Resources"]["ConsumerReadPolicy"]
    found = statements(policy["Properties"]["PolicyDocument"])
    assert policy["Condition"] == "CreatesSecret"
    assert {sid: (s["Action"], s["Resource"]) for sid, s in found.items()} == {
        "ReadTheSecret": (["secretsmanager:GetSecretValue"], {"Ref": "Secret"}),
        "DecryptTheSecret": (["kms:Decrypt"], {"Ref": "KmsKeyArn"}),
    }
    assert found["DecryptTheSecret"]["Condition"]["StringEquals"] == {
        "kms:ViaService": THROUGH_SECRETS_MANAGER,
        "kms:EncryptionContext:SecretARN": {"Ref": "Secret"},
    }


def test_of_the_admins_secret_the_function_reads_awscurrent_alone(template: Template) -> None:
    statement = role_statements(template, "RotationRole")["ReadTheRotationAdminsSecret"]
    assert statement["Resource"] == {"Ref": "AdminSecretArn"}
    assert statement["Condition"] == {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}}
    assert template["Conditions"]["HasAdminSecret"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AdminSecretArn"}, ""]}]
    }
