output "user" {
  description = "For the field \"user\" of the secret, and for AllowedUsers of the stack."
  value       = snowflake_service_user.service.name
}

output "rotation_role" {
  description = "For the parameter SnowflakeRole of the stack."
  value       = snowflake_account_role.rotation.name
}
