"""The employer's file (用人单位): its own facts, and asking for approval."""
