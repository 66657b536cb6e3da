variable "user" {
  description = "Name of the service user, in upper case. The role, the policies and the rule are named after it."
  type        = string
  default     = "SVC_PIPELINE"

  validation {
    condition     = can(regex("^[A-Z_][A-Z0-9_]*$", var.user))
    error_message = "Use a name that SQL needs no quotes for, in upper case."
  }
}

variable "public_key" {
  description = "The user's first public key: base64 on one line, without BEGIN and END. Read when the user is created, and never again."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9+/]{300,}={0,2}$", var.public_key))
    error_message = "Give the key as base64 on one line, without BEGIN and END."
  }
}

variable "addresses" {
  description = "IPv4 addresses and ranges from which logins may come: those of the rotation function and of the tasks, as Snowflake sees them."
  type        = set(string)

  validation {
    condition     = length(var.addresses) > 0
    error_message = "Name at least one address: without one, nobody could log in."
  }
}

variable "database" {
  description = "Database for the policies of service users. It is created, with a schema POLICIES."
  type        = string
  default     = "SERVICE_USERS"
}

variable "warehouse" {
  description = "Warehouse with which the provider reads which authentication policy the user has."
  type        = string
}
