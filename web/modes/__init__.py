"""How a visitor wants the pages: the language, and 关怀模式 with larger words."""
